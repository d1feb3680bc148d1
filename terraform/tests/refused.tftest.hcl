# What no deployment may say: each is refused before anything is made.

mock_provider "google" {
  # Known while it is planned already, so that what follows from it can be asked for.
  override_during = plan

  mock_resource "google_service_account" {
    defaults = {
      email  = "someone@halo-push-test.iam.gserviceaccount.com"
      member = "serviceAccount:someone@halo-push-test.iam.gserviceaccount.com"
    }
  }
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://ingest-abcdefghij-ew.a.run.app" }
    }
  }
  mock_resource "google_storage_bucket" {
    defaults = { project_number = 123456789012 }
  }
}
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id        = "halo-push-test"
  region            = "europe-west1"
  database_location = "eur3"
  source_archive    = "tests/fixtures/functions.zip"
}

run "project" {
  command = plan

  variables {
    project_id = "Wines"
  }

  expect_failures = [var.project_id]
}

run "region" {
  command = plan

  variables {
    region = "EU"
  }

  expect_failures = [var.region]
}

run "multi_region_that_nobody_documents" {
  command = plan

  variables {
    database_location = "nam7"
  }

  expect_failures = [var.database_location]
}

run "quota_of_nothing" {
  command = plan

  variables {
    fcm_quota_per_minute = 0
  }

  expect_failures = [var.fcm_quota_per_minute]
}

run "half_a_message" {
  command = plan

  variables {
    fcm_quota_per_minute = 100.5
  }

  expect_failures = [var.fcm_quota_per_minute]
}

run "archive" {
  command = plan

  variables {
    source_archive = "functions.tar"
  }

  expect_failures = [var.source_archive]
}

run "firebase_project" {
  command = plan

  variables {
    firebase_projects = { "My App" = {} }
  }

  expect_failures = [var.firebase_projects]
}

run "backups" {
  command = plan

  variables {
    backup_retention_days = 99
  }

  expect_failures = [var.backup_retention_days]
}

run "secret_itself" {
  command = plan

  variables {
    secret_versions = { key_pepper = "a pepper that somebody pasted" }
  }

  expect_failures = [var.secret_versions]
}

run "labels" {
  command = plan

  variables {
    labels = { Team = "Wines" }
  }

  expect_failures = [var.labels]
}

run "function_name" {
  command = plan

  variables {
    functions = { deliverer = {} }
  }

  expect_failures = [var.functions]
}

run "instances_of_deliver" {
  command = plan

  variables {
    functions = { deliver = { max_instances = 9 } }
  }

  expect_failures = [var.functions]
}

run "instances_of_sweep" {
  command = plan

  variables {
    functions = { sweep = { max_instances = 2 } }
  }

  expect_failures = [var.functions]
}

run "memory" {
  command = plan

  variables {
    functions = { api = { memory = "1GB" } }
  }

  expect_failures = [var.functions]
}

run "part_of_a_cpu" {
  command = plan

  variables {
    functions = { api = { cpu = "0.5" } }
  }

  expect_failures = [var.functions]
}

run "log_level" {
  command = plan

  variables {
    settings = { log_level = "WARNING" }
  }

  expect_failures = [var.settings]
}

run "keep_days" {
  command = plan

  variables {
    settings = { keep_days = 6 }
  }

  expect_failures = [var.settings]
}

run "keep_days_above" {
  command = plan

  variables {
    settings = { keep_days = 3651 }
  }

  expect_failures = [var.settings]
}

run "half_a_day" {
  command = plan

  variables {
    settings = { keep_days = 30.5 }
  }

  expect_failures = [var.settings]
}

run "ramp" {
  command = plan

  variables {
    settings = { fcm_ramp_s = -1 }
  }

  expect_failures = [var.settings]
}

run "ramp_above" {
  command = plan

  variables {
    settings = { fcm_ramp_above = -1 }
  }

  expect_failures = [var.settings]
}

run "fcm_timeout" {
  command = plan

  variables {
    settings = { fcm_timeout_s = 9 }
  }

  expect_failures = [var.settings]
}

run "fcm_timeout_above" {
  command = plan

  variables {
    settings = { fcm_timeout_s = 301 }
  }

  expect_failures = [var.settings]
}

run "sns_per_second" {
  command = plan

  variables {
    settings = { sns_per_second = 9 }
  }

  expect_failures = [var.settings]
}

run "sns_timeout" {
  command = plan

  variables {
    settings = { sns_timeout_s = 1 }
  }

  expect_failures = [var.settings]
}

run "lease" {
  command = plan

  variables {
    settings = { lease_s = 601 }
  }

  expect_failures = [var.settings]
}

run "endpoint_without_tls" {
  command = plan

  variables {
    settings = { fcm_endpoint = "http://fcm.example" }
  }

  expect_failures = [var.settings]
}

run "certificates_without_tls" {
  command = plan

  variables {
    settings = { oidc_certs_url = "certs.example" }
  }

  expect_failures = [var.settings]
}

run "sns_without_tls" {
  command = plan

  variables {
    settings = { sns_endpoint = "" }
  }

  expect_failures = [var.settings]
}

run "role_claim_of_nothing" {
  command = plan

  variables {
    settings = { firebase_role_claim = "" }
  }

  expect_failures = [var.settings]
}

run "account_without_a_role" {
  command = plan

  variables {
    settings = { service_accounts = { "etl@w.iam.gserviceaccount.com" = "" } }
  }

  expect_failures = [var.settings]
}

run "account_that_is_none" {
  command = plan

  variables {
    settings = { service_accounts = { etl = "editor" } }
  }

  expect_failures = [var.settings]
}

run "audience_of_nobody" {
  command = plan

  variables {
    settings = { api_audience = [] }
  }

  expect_failures = [var.settings]
}

run "two_audiences_in_one" {
  command = plan

  variables {
    settings = { api_audience = ["https://a, https://b"] }
  }

  expect_failures = [var.settings]
}

run "origin_with_a_path" {
  command = plan

  variables {
    settings = { allowed_origins = ["https://www.wines.example/"] }
  }

  expect_failures = [var.settings]
}

run "origin_without_a_scheme" {
  command = plan

  variables {
    settings = { allowed_origins = ["www.wines.example"] }
  }

  expect_failures = [var.settings]
}

run "audience" {
  command = plan

  variables {
    audiences = { ingest = ["a, b"] }
  }

  expect_failures = [var.audiences]
}

run "audience_of_api" {
  command = plan

  variables {
    audiences = { api = ["https://a.run.app"] }
  }

  expect_failures = [var.audiences]
}

run "half_an_instance" {
  command = plan

  variables {
    functions = { api = { max_instances = 2.5 } }
  }

  expect_failures = [var.functions]
}

run "less_than_no_instance" {
  command = plan

  variables {
    functions = { api = { min_instances = -1 } }
  }

  expect_failures = [var.functions]
}

run "no_instance" {
  command = plan

  variables {
    functions = { api = { max_instances = 0 } }
  }

  expect_failures = [var.functions]
}

run "public_by_somebody" {
  command = plan

  variables {
    public_by = "everybody"
  }

  expect_failures = [var.public_by]
}

run "suffix" {
  command = plan

  variables {
    queue_suffix = "_2"
  }

  expect_failures = [var.queue_suffix]
}

run "half_a_days_backups" {
  command = plan

  variables {
    backup_retention_days = 1.5
  }

  expect_failures = [var.backup_retention_days]
}

run "half_a_days_rotation" {
  command = plan

  variables {
    cmek = { rotation_days = 1.5 }
  }

  expect_failures = [var.cmek]
}

run "half_a_days_lines" {
  command = plan

  variables {
    bigquery_export = { location = "EU", expiration_days = 0.5 }
  }

  expect_failures = [var.bigquery_export]
}

run "half_a_unit" {
  command = plan

  variables {
    budget = { billing_account = "012345-6789AB-CDEF01", monthly_amount = 5.5 }
  }

  expect_failures = [var.budget]
}

run "eventarc_location" {
  command = plan

  variables {
    eventarc_location = "everywhere"
  }

  expect_failures = [var.eventarc_location]
}

run "email" {
  command = plan

  variables {
    alert_emails = ["ops"]
  }

  expect_failures = [var.alert_emails]
}

run "billing_account" {
  command = plan

  variables {
    budget = { billing_account = "mine", monthly_amount = 5 }
  }

  expect_failures = [var.budget]
}

run "budget_of_nothing" {
  command = plan

  variables {
    budget = { billing_account = "012345-6789AB-CDEF01", monthly_amount = 0 }
  }

  expect_failures = [var.budget]
}

run "more_than_all_receipts" {
  command = plan

  variables {
    receipt_logs = 1.5
  }

  expect_failures = [var.receipt_logs]
}

run "domain" {
  command = plan

  variables {
    custom_domain = { domain = "https://push.example" }
  }

  expect_failures = [var.custom_domain]
}

run "limit" {
  command = plan

  variables {
    custom_domain = { domain = "push.wines.example", requests_per_minute = 0 }
  }

  expect_failures = [var.custom_domain]
}

run "rotation" {
  command = plan

  variables {
    cmek = { rotation_days = 365 }
  }

  expect_failures = [var.cmek]
}

run "amazon" {
  command = plan

  variables {
    sns = { region = "europe-west1" }
  }

  expect_failures = [var.sns]
}

run "dataset" {
  command = plan

  variables {
    bigquery_export = { location = "Europe" }
  }

  expect_failures = [var.bigquery_export]
}

run "connector" {
  command = plan

  variables {
    vpc_connector = { network = "default", ip_cidr_range = "10.8.0.0/24" }
  }

  expect_failures = [var.vpc_connector]
}

run "no_archive" {
  command = plan

  variables {
    source_archive = "tests/fixtures/none.zip"
  }

  expect_failures = [google_storage_bucket_object.source]
}
