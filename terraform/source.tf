# The archive that `make package` wrote, under a name that is its hash: other source is deployed, the same is not. The
# release before makes the archive that it made then, so going back is deploying that.

locals {
  # A bucket tells it; a data source would be read anew, and unknown, whenever an API is enabled.
  project_number = google_storage_bucket.source.project_number

  # Where `make package` puts it: what deploys Amazon SNS is another archive.
  archive_path = coalesce(var.source_archive, "../.local/dist/functions${var.sns == null ? "" : "-sns"}.zip")
  archived     = fileexists(local.archive_path)
  source_hash  = local.archived ? filesha256(local.archive_path) : "missing"
}

resource "google_storage_bucket" "source" {
  #checkov:skip=CKV_GCP_62:it holds our own code and no data; who writes there is in Cloud Audit Logs
  #checkov:skip=CKV_GCP_63:it keeps no access log at all, see above
  name                        = "${var.project_id}-halo-push-source"
  location                    = upper(var.region)
  labels                      = local.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      num_newer_versions = 3
      with_state         = "ARCHIVED"
    }
    action {
      type = "Delete"
    }
  }

  dynamic "encryption" {
    for_each = var.cmek[*]

    content {
      default_kms_key_name = local.regional_key
    }
  }

  depends_on = [time_sleep.apis, google_kms_crypto_key_iam_member.agent]
}

resource "google_storage_bucket_object" "source" {
  name   = "functions-${local.source_hash}.zip"
  bucket = google_storage_bucket.source.name
  source = local.archive_path

  lifecycle {
    # Functions still name the old one while they are updated.
    create_before_destroy = true

    # Holds back an apply, not a first plan: the bucket's address is unknown until there is one.
    precondition {
      condition     = local.archived || google_storage_bucket.source.self_link == ""
      error_message = "There is no ${local.archive_path}: run `make package${var.sns == null ? "" : " PROVIDERS=sns"}` first."
    }
  }
}

resource "google_artifact_registry_repository" "functions" {
  #checkov:skip=CKV_GCP_84:with the option cmek it is; a plan does not know the key yet
  repository_id = "halo-push"
  description   = "Images of the functions, as Cloud Build makes them"
  format        = "DOCKER"
  location      = var.region
  labels        = local.labels
  kms_key_name  = local.regional_key

  cleanup_policies {
    id     = "keep-ten"
    action = "KEEP"

    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [time_sleep.apis, google_kms_crypto_key_iam_member.agent]
}

resource "google_artifact_registry_repository_iam_member" "build" {
  location   = google_artifact_registry_repository.functions.location
  repository = google_artifact_registry_repository.functions.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.this["build"].member
}
