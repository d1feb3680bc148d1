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
    settings = { keep_days = 1 }
  }

  expect_failures = [var.settings]
}

run "ingest_audience" {
  command = plan

  variables {
    ingest_audiences = ["a, b"]
  }

  expect_failures = [var.ingest_audiences]
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
