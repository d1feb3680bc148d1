# Calls sweep each minute. What one call leaves, the next one takes: nothing is repeated.
resource "google_cloud_scheduler_job" "sweep" {
  name             = "halo-sweep"
  description      = "Whatever is due and not moving"
  region           = var.region
  schedule         = "* * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "60s"

  http_target {
    http_method = "POST"
    uri         = "${module.function["sweep"].uri}/"

    oidc_token {
      service_account_email = google_service_account.this["invoker"].email
      audience              = module.function["sweep"].audience
    }
  }
}
