# Keys of one's own: one beside the database (a multi-region has a key ring of its own), one in the functions' region, one
# where BigQuery keeps its export. Cloud Tasks stays with Google's keys: it takes no queue with an address of its own
# otherwise (Cloud Tasks, *Configure queue routing*), and a task holds an id and a number. So do logs and Eventarc's
# topics, which hold no person's data.

locals {
  key_locations = { eur3 = "europe", nam5 = "us" }

  # Which agents of Google's use which key.
  keys = var.cmek == null ? {} : merge(
    {
      database = { location = lookup(local.key_locations, var.database_location, var.database_location), agents = ["firestore"] }
      regional = { location = var.region, agents = ["storage", "artifactregistry", "cloudfunctions", "run", "secretmanager"] }
    },
    var.bigquery_export == null ? {} : {
      bigquery = { location = lower(var.bigquery_export.location) == "eu" ? "europe" : lower(var.bigquery_export.location), agents = ["bigquery"] }
    },
  )
  key_users = { for pair in flatten([for name, key in local.keys : [for agent in key.agents : { key = name, agent = agent }]]) : "${pair.key} ${pair.agent}" => pair }

  # Those that can be asked for; storage and bigquery have theirs told by a data source.
  asked_for = toset([for agent in ["firestore", "artifactregistry", "cloudfunctions", "run", "secretmanager"] : agent if var.cmek != null])
  agents = merge(
    { for name, agent in google_project_service_identity.cmek : name => agent.member },
    var.cmek == null ? {} : { storage = data.google_storage_project_service_account.this[0].member },
    var.cmek == null || var.bigquery_export == null ? {} : { bigquery = data.google_bigquery_default_service_account.this[0].member },
  )

  database_key = try(google_kms_crypto_key.this["database"].id, null)
  regional_key = try(google_kms_crypto_key.this["regional"].id, null)
  bigquery_key = try(google_kms_crypto_key.this["bigquery"].id, null)
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
}
