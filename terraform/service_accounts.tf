# Who calls and who builds. The functions' own accounts are in modules/function, each beside its function.

locals {
  service_accounts = {
    invoker = "Cloud Tasks and Cloud Scheduler call send, deliver, sweep and work with its tokens"
    events  = "Eventarc calls ingest with its tokens"
    build   = "Cloud Build makes images of the functions"
  }
}

resource "google_service_account" "this" {
  for_each = local.service_accounts

  account_id   = "halo-${each.key}"
  display_name = "HALO Push: ${each.key}"
  description  = each.value

  depends_on = [time_sleep.apis]
}

# Each function reads and writes documents, of this one database.
resource "google_project_iam_member" "firestore" {
  for_each = local.members

  project = var.project_id
  role    = "roles/datastore.user"
  member  = each.value

  condition {
    title      = "halo_push_database"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.default.name}\""
  }
}

# Lets Eventarc deliver events to this account's triggers.
resource "google_project_iam_member" "events" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.this["events"].member
}

# Cloud Build, Service accounts: writes its log, and reads what Cloud Functions copied the archive to.
resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.this["build"].member
}

resource "google_project_iam_member" "build_source" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.this["build"].member

  condition {
    title      = "sources_of_functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-\") || resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.source.name}\")"
  }
}

# What a new role allows takes effect within a minute or two; builds and triggers that are made sooner fail.
resource "time_sleep" "roles" {
  create_duration = "90s"

  depends_on = [
    google_project_iam_member.events,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_source,
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.eventarc_agent,
    google_kms_crypto_key_iam_member.agent,
  ]
}
