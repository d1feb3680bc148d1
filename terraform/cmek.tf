# Keys of one's own: one beside the database (a multi-region has a key ring of its own), one in the functions' region, one
# where BigQuery keeps its export. Cloud Tasks stays with Google's keys: it takes no queue with an address of its own
# otherwise (Cloud Tasks, *Configure queue routing*), and a task holds an id and a number. So do logs and Eventarc's
# topics, which hold no person's data. A database with a key of one's own is refused until Google has granted the project
# some (Firestore, *Quotas*: none at first), so it can be left out.

locals {
  key_locations = { eur3 = "europe", nam5 = "us" }

  # Which agents of Google's use which key.
  keys = var.cmek == null ? {} : merge(
    # Cloud Functions asks for Eventarc's as well (*Protect data with CMEK*).
    { regional = { location = var.region, agents = ["storage", "artifactregistry", "cloudfunctions", "run", "secretmanager", "eventarc"] } },
    !try(var.cmek.database, false) ? {} : {
      database = { location = lookup(local.key_locations, var.database_location, var.database_location), agents = ["firestore"] }
    },
    var.bigquery_export == null ? {} : {
      bigquery = { location = lower(var.bigquery_export.location) == "eu" ? "europe" : lower(var.bigquery_export.location), agents = ["bigquery"] }
    },
  )
  key_users = { for pair in flatten([for name, key in local.keys : [for agent in key.agents : { key = name, agent = agent }]]) : "${pair.key} ${pair.agent}" => pair }

  # Those that can be asked for; storage and bigquery have theirs told by a data source. Eventarc's is there anyway.
  asked_for = setsubtract(flatten([for key in local.keys : key.agents]), ["storage", "bigquery", "eventarc"])
  agents = merge(
    { for name, agent in google_project_service_identity.cmek : name => agent.member },
    { eventarc = google_project_service_identity.eventarc.member },
    var.cmek == null ? {} : { storage = data.google_storage_project_service_account.this[0].member },
    var.cmek == null || var.bigquery_export == null ? {} : { bigquery = data.google_bigquery_default_service_account.this[0].member },
  )

  # By way of the pause, so that whoever uses one waits until its agent may.
  database_key = try(time_sleep.keys[0].triggers["database"], null)
  regional_key = try(time_sleep.keys[0].triggers["regional"], null)
  bigquery_key = try(time_sleep.keys[0].triggers["bigquery"], null)
}

resource "google_kms_key_ring" "this" {
  for_each = local.keys

  name     = "halo-push-${each.key}"
  location = each.value.location

  depends_on = [time_sleep.apis]
}

resource "google_kms_crypto_key" "this" {
  #checkov:skip=CKV_GCP_43:the period is computed, and the variable takes no more than 90 days
  for_each = local.keys

  name            = each.key
  key_ring        = google_kms_key_ring.this[each.key].id
  labels          = local.labels
  rotation_period = "${var.cmek.rotation_days * 86400}s"

  # Whatever it encrypts is lost with it.
  lifecycle {
    prevent_destroy = true
  }
}

resource "google_project_service_identity" "cmek" {
  for_each = local.asked_for
  provider = google-beta

  project = var.project_id
  service = "${each.value}.googleapis.com"

  depends_on = [time_sleep.apis]
}

data "google_storage_project_service_account" "this" {
  count = var.cmek == null ? 0 : 1

  depends_on = [time_sleep.apis]
}

data "google_bigquery_default_service_account" "this" {
  count = var.cmek == null || var.bigquery_export == null ? 0 : 1

  depends_on = [time_sleep.apis]
}

resource "google_kms_crypto_key_iam_member" "agent" {
  for_each = local.key_users

  crypto_key_id = google_kms_crypto_key.this[each.value.key].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = local.agents[each.value.agent]

  depends_on = [time_sleep.agents]

  # An agent is the same for ever. When another API is enabled, data sources are read anew and not known while it is
  # planned: each key would be taken from its agent for a moment.
  lifecycle {
    ignore_changes = [member]
  }
}

# What such a grant allows takes effect within a minute or two.
resource "time_sleep" "keys" {
  count = var.cmek == null ? 0 : 1

  create_duration = "60s"
  triggers        = { for name, key in google_kms_crypto_key.this : name => key.id }

  depends_on = [google_kms_crypto_key_iam_member.agent]
}
