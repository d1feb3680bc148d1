# What the log says of runs and shards, as tables: for questions over months, when the log itself is long gone.

resource "google_bigquery_dataset" "events" {
  #checkov:skip=CKV_GCP_81:with the option cmek it is; a plan does not know the key yet
  #checkov:skip=CKV_GCP_15:it grants nothing beyond the project's own roles, and the sink's below
  count = var.bigquery_export == null ? 0 : 1

  dataset_id                      = "halo_push"
  description                     = "Runs and shards, from the log of the functions"
  location                        = var.bigquery_export.location
  labels                          = local.labels
  default_partition_expiration_ms = var.bigquery_export.expiration_days == 0 ? null : var.bigquery_export.expiration_days * 86400000
  delete_contents_on_destroy      = !var.deletion_protection

  dynamic "default_encryption_configuration" {
    for_each = var.cmek[*]

    content {
      kms_key_name = local.bigquery_key
    }
  }

  depends_on = [time_sleep.apis, google_kms_crypto_key_iam_member.agent]
}

resource "google_logging_project_sink" "bigquery" {
  count = var.bigquery_export == null ? 0 : 1

  name                   = "halo-push-bigquery"
  destination            = "bigquery.googleapis.com/${google_bigquery_dataset.events[0].id}"
  filter                 = "${local.log_filter} AND jsonPayload.message=(\"run-state\" OR \"run-first-page\" OR \"run-summed-up\" OR \"shard-done\")"
  unique_writer_identity = true

  bigquery_options {
    use_partitioned_tables = true
  }
}

resource "google_bigquery_dataset_iam_member" "sink" {
  count = var.bigquery_export == null ? 0 : 1

  dataset_id = google_bigquery_dataset.events[0].dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_logging_project_sink.bigquery[0].writer_identity
}
