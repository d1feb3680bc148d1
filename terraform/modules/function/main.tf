# One function: its service account, itself, what it may read of Secret Manager, and who may call it.

terraform {
  required_providers {
    google = { source = "hashicorp/google" }
  }
}

locals {
  # Known before the function is.
  url       = "https://${var.region}-${var.project_id}.cloudfunctions.net/${var.name}"
  audiences = distinct(concat([local.url], var.audiences))

  # What an instance may have, in Mi, by its CPUs (Cloud Run, *CPU limits* and *Memory limits*).
  memory_limits = { "1" = [128, 4096], "2" = [128, 8192], "4" = [2048, 16384], "8" = [4096, 32768] }
  memory        = tonumber(regex("^[0-9]+", var.resources.memory)) * (endswith(var.resources.memory, "Gi") ? 1024 : 1)
}

resource "google_service_account" "function" {
  project      = var.project_id
  account_id   = "halo-${var.name}"
  display_name = "HALO Push: ${var.name}"
  description  = var.description
}

resource "google_cloudfunctions2_function" "function" {
  #checkov:skip=CKV_GCP_124:api alone is open to the internet, which phones call it from; the others take internal calls only
  project      = var.project_id
  location     = var.region
  name         = var.name
  description  = var.description
  labels       = var.labels
  kms_key_name = var.kms_key

  build_config {
    runtime           = "python311"
    entry_point       = var.name
    docker_repository = var.build.repository
    service_account   = var.build.service_account

    source {
      storage_source {
        bucket = var.source_object.bucket
        object = var.source_object.name
      }
    }

    # Security patches of the runtime come with the next deployment, not by themselves in the middle of a sending.
    on_deploy_update_policy {}
  }

  service_config {
    available_memory                 = var.resources.memory
    available_cpu                    = var.resources.cpu
    max_instance_request_concurrency = var.resources.concurrency
    min_instance_count               = var.resources.min_instances
    max_instance_count               = var.resources.max_instances
    timeout_seconds                  = var.resources.timeout_s
    ingress_settings                 = var.ingress
    all_traffic_on_latest_revision   = true
    service_account_email            = google_service_account.function.email
    environment_variables            = merge(var.environment, { OIDC_AUDIENCE = join(",", local.audiences) })
    vpc_connector                    = var.vpc.connector
    vpc_connector_egress_settings    = var.vpc.egress

    dynamic "secret_environment_variables" {
      for_each = var.secrets

      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  # Without them the first instance would not start.
  depends_on = [google_secret_manager_secret_iam_member.reader]

  lifecycle {
    precondition {
      condition     = local.memory >= local.memory_limits[var.resources.cpu][0] && local.memory <= local.memory_limits[var.resources.cpu][1]
      error_message = "${var.name} cannot have ${var.resources.memory} with ${var.resources.cpu} CPU: 1 CPU has 128Mi to 4Gi, 2 have up to 8Gi, 4 have 2Gi to 16Gi, 8 have 4Gi to 32Gi."
    }
    precondition {
      condition     = var.resources.min_instances <= var.resources.max_instances
      error_message = "${var.name} cannot keep ${var.resources.min_instances} instances warm: there are ${var.resources.max_instances} at most."
    }
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = var.secrets

  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function.member
}

# Calls come to the Cloud Run service that a gen-2 function is.
resource "google_cloud_run_v2_service_iam_member" "caller" {
  for_each = var.callers

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.function.name
  role     = "roles/run.invoker"
  member   = each.value
}
