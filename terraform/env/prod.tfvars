# A company's: the database in several regions, a warm instance where people wait, and somebody who is told.
project_id        = "halo-push-prod"
region            = "europe-west1"
database_location = "eur3"

labels       = { environment = "prod" }
alert_emails = ["push-operators@wines.example"]

functions = {
  api     = { min_instances = 1 }
  deliver = { min_instances = 1 }
}

settings = {
  service_accounts = {
    # Makes the first account (README, Deploy).
    "ops@halo-push-prod.iam.gserviceaccount.com"    = "admin"
    "etl@wines-integration.iam.gserviceaccount.com" = "editor"
  }
  allowed_origins = ["https://www.wines.example"]
}

firebase_projects = {
  halo-wines = { password_logins = true }
  halo-olive = {}
}

budget = {
  billing_account = "000000-000000-000000"
  monthly_amount  = 500
}
