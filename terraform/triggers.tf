# Eventarc's triggers for what people write in the Firebase console. They are where the database is, or where Google's
# documentation says that a multi-region's are (Firestore, *Eventarc and Firestore locations*).

locals {
  eventarc_locations = { nam5 = "us-central1", eur3 = "europe-west4" }
  eventarc_location  = coalesce(var.eventarc_location, lookup(local.eventarc_locations, var.database_location, var.database_location))

  collections = toset(["schedules", "templates", "tags"])
}

# Without a retry_policy, whose only value turns that off, Eventarc tries again for a day.
resource "google_eventarc_trigger" "written" {
  for_each = local.collections

  name                    = "halo-${each.value}"
  location                = local.eventarc_location
  labels                  = local.labels
  service_account         = google_service_account.this["events"].email
  event_data_content_type = "application/protobuf"

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.firestore.document.v1.written.withAuthContext"
  }
  matching_criteria {
    attribute = "database"
    value     = google_firestore_database.default.name
  }
  matching_criteria {
    attribute = "document"
    operator  = "match-path-pattern"
    value     = "${each.value}/{id}"
  }

  destination {
    cloud_run_service {
      service = module.function["ingest"].service
      region  = var.region
    }
  }

  depends_on = [time_sleep.roles, module.function]

  # A trigger of a database that was deleted hears nothing of the one that is made in its place (Firestore, *Eventarc*).
  lifecycle {
    replace_triggered_by = [terraform_data.database]
  }
}

# Another one after the database was deleted and made, or restored, anew.
resource "terraform_data" "database" {
  input = google_firestore_database.default.uid
}

# Eventarc acts as an agent of its own, which does not exist before somebody asks for it.
resource "google_project_service_identity" "eventarc" {
  provider = google-beta

  project = var.project_id
  service = "eventarc.googleapis.com"

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "eventarc_agent" {
  #checkov:skip=CKV_GCP_49:Google's own agent, with the role that Google makes for it; without it no trigger can be made
  project = var.project_id
  role    = "roles/eventarc.serviceAgent"
  member  = google_project_service_identity.eventarc.member

  depends_on = [time_sleep.agents]
}

# An agent that was just made is unknown to IAM for some seconds: "Service account … does not exist".
resource "time_sleep" "agents" {
  create_duration = "60s"
  triggers        = { agents = join(",", sort(concat(["eventarc"], tolist(local.asked_for)))) }

  depends_on = [google_project_service_identity.eventarc, google_project_service_identity.cmek]
}
