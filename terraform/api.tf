# The function that is open to the internet.

locals {
  api_url = "https://${var.region}-${var.project_id}.cloudfunctions.net/api/"
  # With a domain of its own the API answers there alone.
  api_base_url = var.custom_domain == null ? local.api_url : "https://${var.custom_domain.domain}/"
  api_host     = split("/", local.api_base_url)[2]
  api_urls     = flatten([for url in distinct([local.api_base_url, local.api_url]) : [url, trimsuffix(url, "/")]])
}

module "api" {
  source = "./modules/function"

  project_id    = var.project_id
  region        = var.region
  name          = "api"
  description   = local.functions.api.description
  labels        = local.labels
  source_object = local.archive
  build         = local.built_by
  resources     = local.resources.api
  kms_key       = local.regional_key
  vpc           = local.vpc
  ingress       = var.custom_domain == null ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"
  callers       = var.public_by == "allUsers" ? { everybody = "allUsers" } : {}
  environment   = merge(local.told, { INVOKER = google_service_account.this["invoker"].email })
  secrets       = local.secrets_of.api

  depends_on = [
    time_sleep.roles,
    google_firestore_index.composite,
    google_secret_manager_secret_version.first_token_keys,
    google_secret_manager_secret_version.pepper,
  ]
}
