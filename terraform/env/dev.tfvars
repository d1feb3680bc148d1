# A small deployment: everything in one region, no one is woken, and it can be torn down.
project_id        = "halo-push-dev"
region            = "europe-west1"
database_location = "europe-west1"

fcm_quota_per_minute  = 60000
deletion_protection   = false
backup_retention_days = 0
labels                = { environment = "dev" }

settings = {
  log_level = "DEBUG"
  # Makes the first account (README, Deploy).
  service_accounts = { "ops@halo-push-dev.iam.gserviceaccount.com" = "admin" }
}

firebase_projects = {
  halo-wines-dev = { password_logins = true }
}
