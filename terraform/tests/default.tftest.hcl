# What a deployment is that says no more than it must.

mock_provider "google" {
  # Known while it is planned already, so that what follows from it can be asked for.
  override_during = plan

  mock_resource "google_service_account" {
    defaults = {
      email  = "someone@halo-push-test.iam.gserviceaccount.com"
      member = "serviceAccount:someone@halo-push-test.iam.gserviceaccount.com"
    }
  }
  mock_resource "google_storage_bucket" {
    defaults = { project_number = 123456789012 }
  }
}
mock_provider "google-beta" {}
mock_provider "time" {}

override_resource {
  target          = module.api.google_cloudfunctions2_function.function
  override_during = plan
  values          = { service_config = { uri = "https://api-abcdefghij-ew.a.run.app" } }
}
override_resource {
  target          = module.function["send"].google_cloudfunctions2_function.function
  override_during = plan
  values          = { service_config = { uri = "https://send-abcdefghij-ew.a.run.app" } }
}
override_resource {
  target          = module.function["deliver"].google_cloudfunctions2_function.function
  override_during = plan
  values          = { service_config = { uri = "https://deliver-abcdefghij-ew.a.run.app" } }
}
override_resource {
  target          = module.function["sweep"].google_cloudfunctions2_function.function
  override_during = plan
  values          = { service_config = { uri = "https://sweep-abcdefghij-ew.a.run.app" } }
}
override_resource {
  target          = module.function["work"].google_cloudfunctions2_function.function
  override_during = plan
  values          = { service_config = { uri = "https://work-abcdefghij-ew.a.run.app" } }
}
# As projects have it that have no HASH.
override_resource {
  target          = module.function["ingest"].google_cloudfunctions2_function.function
  override_during = plan
  values          = { service_config = { uri = "https://ingest-123456789012.europe-west1.run.app" } }
}

variables {
  project_id        = "halo-push-test"
  region            = "europe-west1"
  database_location = "eur3"
  source_archive    = "tests/fixtures/functions.zip"
}

run "default" {
  command = plan

  assert {
    condition     = toset(concat(keys(module.function), ["api"])) == toset(["api", "send", "deliver", "sweep", "work", "ingest"])
    error_message = "There are six functions."
  }
  assert {
    condition     = alltrue([for name, function in module.function : function.audience == function.uri && contains(local.audiences[name], function.uri)])
    error_message = "Tokens name the address that Cloud Run documents as theirs, and each function knows it by both forms."
  }
  assert {
    condition     = local.resources.deliver == { memory = "512Mi", cpu = "1", concurrency = 12, min_instances = 0, max_instances = 4, timeout_s = 600 }
    error_message = "deliver has the places of one process, and as many instances as 600,000 messages a minute need."
  }
  assert {
    condition     = local.told.DELIVER_INSTANCES == tostring(local.resources.deliver.max_instances)
    error_message = "Each instance uses its share of the quota, so it must know how many there may be."
  }
  assert {
    condition     = alltrue([for each in values(local.resources) : each.min_instances == 0])
    error_message = "Nothing runs, and costs, while nothing is sent."
  }
  assert {
    condition     = { for name, queue in google_cloud_tasks_queue.this : name => queue.http_target[0].oidc_token[0].audience } == { for name, function in { send = "send", deliver = "deliver", urgent = "deliver", work = "work" } : name => "https://${function}-abcdefghij-ew.a.run.app" }
    error_message = "Four queues call three functions, with tokens for these."
  }
  assert {
    condition     = alltrue([for queue in google_cloud_tasks_queue.this : queue.http_target[0].uri_override[0].uri_override_enforce_mode == "ALWAYS" && queue.http_target[0].uri_override[0].path_override[0].path == "/"])
    error_message = "A task's own address is never used."
  }
  assert {
    condition     = { for name, queue in google_cloud_tasks_queue.this : name => [queue.rate_limits[0].max_dispatches_per_second, queue.rate_limits[0].max_concurrent_dispatches] } == { send = [500, 50], deliver = [10, 32], urgent = [500, 16], work = [5, 4] }
    error_message = "Queues hand out what FCM's quota and deliver's places take."
  }
  assert {
    condition     = toset([for trigger in google_eventarc_trigger.written : one([for each in trigger.matching_criteria : each.value if each.attribute == "document"])]) == toset(["schedules/{id}", "templates/{id}", "tags/{id}"])
    error_message = "Three triggers, for what people write."
  }
  assert {
    condition     = alltrue([for trigger in google_eventarc_trigger.written : trigger.location == "europe-west4" && length(trigger.retry_policy) == 0])
    error_message = "eur3's triggers are in europe-west4, and try again."
  }
  assert {
    condition     = google_firestore_database.default.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED" && google_firestore_database.default.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "The database can be brought back to a minute, and is not deleted by accident."
  }
  assert {
    condition     = length(google_firestore_index.composite) == length(local.firestore.indexes) && length(google_firestore_field.override) == length(local.firestore.fieldOverrides)
    error_message = "Every index and exemption of the file is there: none hides behind another's key."
  }
  assert {
    condition     = toset([for field in google_firestore_field.override : field.collection if length(field.ttl_config) > 0]) == toset([for field in local.firestore.fieldOverrides : field.collectionGroup if try(field.ttl, false)])
    error_message = "What expires by the file expires here."
  }
  assert {
    condition     = length(google_firebaserules_ruleset.firestore.source[0].files[0].content) > 1000 && google_firebaserules_release.firestore.name == "cloud.firestore"
    error_message = "The rules are released."
  }
  assert {
    condition     = google_storage_bucket_object.source.name == "functions-${filesha256("tests/fixtures/functions.zip")}.zip"
    error_message = "The archive is named by its hash."
  }
  assert {
    condition     = length(google_logging_project_exclusion.receipts) == 1 && endswith(google_logging_project_exclusion.receipts[0].filter, " AND sample(insertId, 0.9900)")
    error_message = "Of a hundred receipts that were stored, the log of requests keeps one."
  }
  assert {
    condition     = local.audiences.work == tolist(["https://work-123456789012.europe-west1.run.app", "https://work-abcdefghij-ew.a.run.app"]) && length(local.unforeseen) == 0
    error_message = "A function knows by which addresses it may be called, before it has one."
  }
  assert {
    condition     = google_cloud_tasks_queue.this["urgent"].name == "urgent" && local.told.URGENT_QUEUE == "urgent"
    error_message = "Queues have plain names."
  }
  assert {
    condition     = local.secrets_of.api.KEY_PEPPER.version == "1" && local.secrets_of.api.TOKEN_KEYS.version == "latest"
    error_message = "The pepper is the first one, whatever is added behind it."
  }
  assert {
    condition     = google_cloud_scheduler_job.sweep.schedule == "* * * * *" && google_cloud_scheduler_job.sweep.http_target[0].oidc_token[0].audience == "https://sweep-abcdefghij-ew.a.run.app"
    error_message = "sweep is called each minute, with a token for it."
  }
  assert {
    condition     = keys(google_secret_manager_secret.this) == ["KEY_PEPPER", "TOKEN_KEYS"] && alltrue([for secret in google_secret_manager_secret.this : secret.deletion_protection])
    error_message = "Two secrets, which are not deleted by accident."
  }
  assert {
    condition     = [for name, function in local.functions : name if contains(function.secrets, "TOKEN_KEYS")] == ["api"]
    error_message = "Nobody but api signs tokens."
  }
  assert {
    condition     = length(google_monitoring_alert_policy.this) == length(fileset("${path.module}/runbooks", "*.md")) - 1 && alltrue([for policy in google_monitoring_alert_policy.this : length(policy.documentation[0].content) > 200])
    error_message = "Every alert has its runbook; api-down is that of the uptime check."
  }
  assert {
    condition     = alltrue([for policy in [google_monitoring_alert_policy.on_time, google_monitoring_alert_policy.api_down] : length(policy.documentation[0].content) > 200])
    error_message = "So have the objective and the check from outside."
  }
  assert {
    condition     = { for name, metric in google_logging_metric.distribution : name => metric.label_extractors if length(metric.label_extractors) > 0 } == { quota_ms = tomap({ firebase_project = "EXTRACT(jsonPayload.project)" }) } && [for label in google_logging_metric.distribution["quota_ms"].metric_descriptor[0].labels : label.key] == ["firebase_project"]
    error_message = "The quota in use is known by Firebase project."
  }
  assert {
    condition     = google_monitoring_slo.on_time.goal == 0.999 && google_monitoring_slo.on_time.request_based_sli[0].distribution_cut[0].range[0].max == 60000
    error_message = "999 of 1,000 reach FCM within a minute of their time."
  }
  assert {
    condition     = length(jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles) == length(local.charts)
    error_message = "The dashboard has every chart."
  }
  assert {
    condition     = [for tile in slice(jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles, 0, 4) : [try(tile.xPos, null), try(tile.yPos, null)]] == [[null, null], [24, null], [null, 14], [24, 14]] && !strcontains(google_monitoring_dashboard.this.dashboard_json, "Pos\":0")
    error_message = "Charts stand two by two, and no position is 0, which Monitoring would not answer."
  }
  assert {
    condition     = google_monitoring_uptime_check_config.api.monitored_resource[0].labels.host == "europe-west1-halo-push-test.cloudfunctions.net" && output.api_base_url == "https://europe-west1-halo-push-test.cloudfunctions.net/api/"
    error_message = "The API is asked where it is called."
  }
  assert {
    condition     = length(google_compute_global_address.api) + length(google_kms_crypto_key.this) + length(google_bigquery_dataset.events) + length(google_vpc_access_connector.this) + length(google_billing_budget.monthly) + length(google_monitoring_notification_channel.email) + length(module.firebase_app) + length(google_firebase_project.this) + length(time_sleep.keys) == 0
    error_message = "Optional parts are off."
  }
  assert {
    condition     = !contains(keys(local.told), "SNS_REGION") && !contains(keys(local.told), "FCM_RAMP_S") && local.told.OWN_PROXIES == "0"
    error_message = "What is not set is the code's to decide."
  }
}

run "small_quota" {
  command = plan

  variables {
    fcm_quota_per_minute = 6000
  }

  assert {
    condition     = local.resources.deliver.max_instances == 1 && local.told.DELIVER_INSTANCES == "1"
    error_message = "One process has more than 6,000 a minute."
  }
  assert {
    condition     = [for name in ["send", "deliver", "urgent"] : google_cloud_tasks_queue.this[name].rate_limits[0].max_dispatches_per_second] == [10, 1, 10]
    error_message = "Rates follow the quota down."
  }
}

run "large_quota" {
  command = plan

  variables {
    fcm_quota_per_minute = 30000000
  }

  assert {
    condition     = local.resources.deliver.max_instances == 200 && google_cloud_tasks_queue.this["deliver"].rate_limits[0].max_dispatches_per_second == 500
    error_message = "Rates follow the quota up to what Cloud Tasks allows."
  }
}

run "database_in_a_region" {
  command = plan

  variables {
    database_location = "europe-west3"
  }

  assert {
    condition     = alltrue([for trigger in google_eventarc_trigger.written : trigger.location == "europe-west3"])
    error_message = "A region's triggers are in it."
  }
}

run "functions_answer_elsewhere" {
  command = plan

  override_resource {
    target          = module.function["send"].google_cloudfunctions2_function.function
    override_during = plan
    values          = { service_config = { uri = "https://somewhere.run.app" } }
  }

  assert {
    condition     = google_cloud_tasks_queue.this["send"].http_target[0].oidc_token[0].audience == "https://europe-west1-halo-push-test.cloudfunctions.net/send"
    error_message = "A token never names what the function would refuse."
  }

  expect_failures = [check.audiences]
}

run "functions_are_told_where" {
  command = plan

  variables {
    audiences = { send = ["https://somewhere.run.app"] }
  }

  override_resource {
    target          = module.function["send"].google_cloudfunctions2_function.function
    override_during = plan
    values          = { service_config = { uri = "https://somewhere.run.app" } }
  }

  assert {
    condition     = google_cloud_tasks_queue.this["send"].http_target[0].oidc_token[0].audience == "https://somewhere.run.app"
    error_message = "An address that nobody foresaw can be named."
  }
}
