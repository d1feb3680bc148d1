# The function that Eventarc calls: by itself, since its audiences follow from the address of another function.

locals {
  # Eventarc's tokens name the address of ingest's Cloud Run service, which the function's own environment cannot refer to.
  # Such an address is either https://NAME-NUMBER.REGION.run.app, or https://NAME-HASH-CODE.a.run.app, where all services of
  # a project and region have the same HASH and CODE: so that of send tells that of ingest. The check below holds this
  # against what ingest got.
  ingest_audiences = distinct(concat(
    [
      "https://ingest-${local.project_number}.${var.region}.run.app",
      replace(module.function["send"].uri, "https://send-", "https://ingest-"),
    ],
    var.ingest_audiences,
  ))
}

module "ingest" {
  source = "./modules/function"

  project_id    = var.project_id
  region        = var.region
  name          = "ingest"
  description   = local.functions.ingest.description
  labels        = local.labels
  source_object = local.archive
  build         = local.built_by
  resources     = local.resources.ingest
  kms_key       = local.regional_key
  vpc           = local.vpc
  ingress       = "ALLOW_INTERNAL_ONLY"
  audiences     = local.ingest_audiences
  callers       = { events = google_service_account.this["events"].member }
  environment   = merge(local.told, local.no_keys, { INVOKER = google_service_account.this["events"].email })
  secrets = {
    for variable in local.functions.ingest.secrets : variable => {
      secret  = google_secret_manager_secret.this[variable].secret_id
      version = local.secrets[variable].version
    }
  }

  depends_on = [
    time_sleep.roles,
    google_firestore_index.composite,
    google_secret_manager_secret_version.first_token_keys,
    google_secret_manager_secret_version.pepper,
  ]
}

check "ingest_audience" {
  assert {
    condition     = contains(local.ingest_audiences, module.ingest.uri)
    error_message = "ingest answers at ${module.ingest.uri}, which is not among its audiences: put that into ingest_audiences and apply again, or what people write in the console is refused."
  }
}
