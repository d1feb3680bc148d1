# Each optional part by itself, and what it changes elsewhere.

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

run "custom_domain" {
  command = plan

  variables {
    custom_domain = { domain = "push.wines.example", requests_per_minute = 1000 }
  }

  assert {
    condition     = google_compute_managed_ssl_certificate.api[0].managed[0].domains == tolist(["push.wines.example"]) && google_compute_global_forwarding_rule.api[0].port_range == "443"
    error_message = "The domain has a certificate, and HTTPS alone."
  }
  assert {
    condition     = { for rule in google_compute_security_policy.api[0].rule : rule.description => try(rule.rate_limit_options[0].rate_limit_threshold[0].count, 0) } == { log4j = 0, tokens = 120, everything = 1000, default = 0 }
    error_message = "Each address has its limits, a lower one for tokens."
  }
  assert {
    condition     = local.told.OWN_PROXIES == "1" && output.api_base_url == "https://push.wines.example/" && google_monitoring_uptime_check_config.api.monitored_resource[0].labels.host == "push.wines.example"
    error_message = "The code knows of the load balancer, and the API is called and watched at its domain."
  }
  assert {
    condition     = contains(split(",", local.told.API_AUDIENCE), "https://push.wines.example/")
    error_message = "Service accounts may name the domain in their tokens."
  }
}

run "cmek" {
  command = plan

  variables {
    cmek            = { rotation_days = 30 }
    bigquery_export = { location = "EU" }
  }

  assert {
    condition     = { for name, ring in google_kms_key_ring.this : name => ring.location } == { database = "europe", regional = "europe-west1", bigquery = "europe" }
    error_message = "Each key is where what it encrypts is: eur3's in europe."
  }
  assert {
    condition     = length(google_firestore_database.default.cmek_config) == 1 && length(google_storage_bucket.source.encryption) == 1 && alltrue([for secret in google_secret_manager_secret.this : length(secret.replication[0].user_managed) == 1])
    error_message = "The database, the source and the secrets have keys of one's own."
  }
  assert {
    condition     = toset([for user in local.key_users : user.agent]) == toset(["firestore", "storage", "artifactregistry", "cloudfunctions", "run", "secretmanager", "eventarc", "bigquery"]) && length(google_kms_crypto_key_iam_member.agent) == 8
    error_message = "Whoever needs a key may use it, and no other."
  }
  assert {
    condition     = keys(google_project_service_identity.cmek) == ["artifactregistry", "cloudfunctions", "firestore", "run", "secretmanager"]
    error_message = "Agents that do not exist yet are asked for."
  }
  assert {
    condition     = toset(keys(time_sleep.keys[0].triggers)) == toset(keys(google_kms_crypto_key.this))
    error_message = "Whoever uses a key waits until its agent may."
  }
}

run "cmek_without_the_database" {
  command = plan

  variables {
    cmek = { database = false }
  }

  assert {
    condition     = length(google_firestore_database.default.cmek_config) == 0 && keys(google_kms_crypto_key.this) == ["regional"] && !contains(keys(google_project_service_identity.cmek), "firestore")
    error_message = "What Google has not granted is left out, and the rest has its key."
  }
}

run "first_keys_are_left_alone" {
  command = plan

  variables {
    first_token_keys = false
  }

  assert {
    condition     = length(google_secret_manager_secret_version.first_token_keys) == 0
    error_message = "What is destroyed by hand is not made anew."
  }
}

run "public_without_all_users" {
  command = plan

  variables {
    public_by = "no-iam-check"
  }

  assert {
    condition     = length(module.api.callers) == 0
    error_message = "Where the organisation refuses allUsers, nothing is granted to them."
  }
}

run "firebase" {
  command = plan

  variables {
    firebase = true
  }

  assert {
    condition     = google_firebase_project.this[0].project == "halo-push-test" && contains(local.apis, "firebase")
    error_message = "The project is one that the Firebase console knows."
  }
}

run "queues_of_another_name" {
  command = plan

  variables {
    queue_suffix = "-2"
  }

  assert {
    condition     = [for queue in google_cloud_tasks_queue.this : queue.name] == ["deliver-2", "send-2", "urgent-2", "work-2"] && toset(keys(output.queues)) == toset(["deliver-2", "send-2", "urgent-2", "work-2"])
    error_message = "After a destroy, queues get names that are free."
  }
  assert {
    condition     = [for name in ["SEND", "DELIVER", "URGENT", "WORK"] : local.told["${name}_QUEUE"]] == ["send-2", "deliver-2", "urgent-2", "work-2"]
    error_message = "Tasks go into them."
  }
}

run "sns" {
  command = plan

  variables {
    sns = { region = "eu-west-1" }
  }

  assert {
    condition     = local.told.SNS_REGION == "eu-west-1"
    error_message = "The code is told the region."
  }
  assert {
    condition     = [for name, function in local.functions : name if contains(function.secrets, "AWS_SECRET_ACCESS_KEY")] == ["deliver", "work"] && length(google_secret_manager_secret.this) == 4
    error_message = "deliver and work alone read Amazon's credentials."
  }
}

run "archive" {
  command = plan

  variables {
    source_archive = null
  }

  # A first plan, which needs no archive.
  override_resource {
    target          = google_storage_bucket.source
    override_during = plan
    values          = { self_link = "", project_number = 123456789012 }
  }

  assert {
    condition     = local.archive_path == "../.local/dist/functions.zip" && google_storage_bucket_object.source.source == local.archive_path
    error_message = "What `make package` writes is deployed."
  }
}

run "archive_with_sns" {
  command = plan

  variables {
    source_archive = null
    sns            = { region = "eu-west-1" }
  }

  override_resource {
    target          = google_storage_bucket.source
    override_during = plan
    values          = { self_link = "", project_number = 123456789012 }
  }

  assert {
    condition     = local.archive_path == "../.local/dist/functions-sns.zip" && google_storage_bucket_object.source.source == local.archive_path
    error_message = "With Amazon SNS it is the archive that has its client in it."
  }
}

run "every_request_logged" {
  command = plan

  variables {
    receipt_logs = 1
  }

  assert {
    condition     = length(google_logging_project_exclusion.receipts) == 0
    error_message = "Nothing is left out of the log of requests if somebody wants all of it."
  }
}

run "no_receipt_logged" {
  command = plan

  variables {
    receipt_logs = 0
  }

  assert {
    condition     = endswith(google_logging_project_exclusion.receipts[0].filter, " AND sample(insertId, 1.0000)")
    error_message = "Every receipt that was stored is left out of the log of requests."
  }
}

run "bigquery_export" {
  command = plan

  variables {
    bigquery_export = { location = "europe-west1", expiration_days = 30 }
  }

  assert {
    condition     = google_bigquery_dataset.events[0].default_partition_expiration_ms == 2592000000 && google_logging_project_sink.bigquery[0].unique_writer_identity
    error_message = "Lines go to a dataset that forgets them after 30 days, by a writer of their own."
  }
}

run "vpc_connector" {
  command = plan

  variables {
    vpc_connector = { network = "default", ip_cidr_range = "10.8.0.0/28", all_traffic = true }
  }

  assert {
    condition     = google_vpc_access_connector.this[0].ip_cidr_range == "10.8.0.0/28" && local.vpc.egress == "ALL_TRAFFIC"
    error_message = "Everything leaves by the connector."
  }
}

run "budget_and_mails" {
  command = plan

  variables {
    budget       = { billing_account = "012345-6789AB-CDEF01", monthly_amount = 500 }
    alert_emails = ["push@wines.example"]
  }

  assert {
    condition     = google_billing_budget.monthly[0].amount[0].specified_amount[0].units == "500" && length(google_billing_budget.monthly[0].threshold_rules) == 4
    error_message = "A budget has an amount, and tells before it is spent."
  }
  assert {
    condition     = google_monitoring_notification_channel.email["push@wines.example"].labels.email_address == "push@wines.example"
    error_message = "Somebody is told."
  }
}

run "firebase_projects" {
  command = plan

  variables {
    firebase_projects = { wines-app = { password_logins = true }, olives-app = {} }
  }

  assert {
    condition     = keys(module.firebase_app) == ["olives-app", "wines-app"]
    error_message = "Each Firebase project has its roles."
  }
}

run "firebase_app_without_logins" {
  command = plan

  module {
    source = "./modules/firebase_app"
  }

  variables {
    project_id = "wines-app"
    sender     = "serviceAccount:halo-deliver@halo-push-test.iam.gserviceaccount.com"
  }

  assert {
    condition     = length(google_project_iam_custom_role.logins) == 0
    error_message = "A role that nobody has is not made."
  }
}

run "firebase_app" {
  command = plan

  module {
    source = "./modules/firebase_app"
  }

  variables {
    project_id = "wines-app"
    sender     = "serviceAccount:halo-deliver@halo-push-test.iam.gserviceaccount.com"
    logins     = { api = "serviceAccount:halo-api@halo-push-test.iam.gserviceaccount.com" }
  }

  assert {
    condition     = google_project_iam_member.sender.role == "roles/firebasecloudmessaging.admin" && google_project_iam_member.sender.project == "wines-app"
    error_message = "deliver may send in the app's project."
  }
  assert {
    condition     = { for name, grant in google_project_iam_member.logins : name => grant.role } == { api = "projects/wines-app/roles/haloPushLogins" } && google_project_iam_custom_role.logins[0].permissions == toset(["firebaseauth.users.create", "firebaseauth.users.delete"])
    error_message = "api handles accounts there, if it is told to."
  }
}

run "settings_and_sizes" {
  command = plan

  variables {
    settings  = { keep_days = 30, service_accounts = { "etl@w.iam.gserviceaccount.com" = "editor" }, allowed_origins = ["https://a", "https://b"] }
    functions = { api = { memory = "1Gi", min_instances = 2, max_instances = 50 }, deliver = { cpu = "2" } }
  }

  assert {
    condition     = local.told.KEEP_DAYS == "30" && jsondecode(local.told.SERVICE_ACCOUNTS) == { "etl@w.iam.gserviceaccount.com" = "editor" } && local.told.ALLOWED_ORIGINS == "https://a,https://b"
    error_message = "Settings come as the code reads them."
  }
  assert {
    condition     = local.resources.api == { memory = "1Gi", cpu = "1", concurrency = 80, min_instances = 2, max_instances = 50, timeout_s = 60 } && local.resources.deliver.cpu == "2" && local.resources.deliver.memory == "512Mi"
    error_message = "What is set for a function differs, and nothing else."
  }
}

run "no_browser_at_all" {
  command = plan

  variables {
    settings = { allowed_origins = [] }
  }

  assert {
    condition     = local.told.ALLOWED_ORIGINS == "none"
    error_message = "No origin is not every origin, which an empty text would be."
  }
}

run "torn_down" {
  command = plan

  variables {
    deletion_protection   = false
    backup_retention_days = 0
  }

  assert {
    condition     = google_firestore_database.default.deletion_policy == "DELETE" && google_firestore_database.default.delete_protection_state == "DELETE_PROTECTION_DISABLED" && length(google_firestore_backup_schedule.daily) == 0 && alltrue([for secret in google_secret_manager_secret.this : !secret.deletion_protection])
    error_message = "Without protection everything goes with terraform destroy."
  }
}
