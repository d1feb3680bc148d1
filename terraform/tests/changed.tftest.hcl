# What may not be decided otherwise once it is there.

mock_provider "google" {}
mock_provider "google-beta" {
  mock_resource "google_project_service_identity" {
    defaults = { member = "serviceAccount:agent@example.iam.gserviceaccount.com" }
  }
}
mock_provider "time" {}

variables {
  project_id          = "halo-push-test"
  region              = "europe-west1"
  database_location   = "eur3"
  source_archive      = "tests/fixtures/functions.zip"
  deletion_protection = false
}

run "secrets_as_they_were_made" {
  plan_options {
    target = [google_secret_manager_secret.this]
  }

  assert {
    condition     = alltrue([for secret in google_secret_manager_secret.this : length(secret.replication[0].user_managed) == 0])
    error_message = "Secrets were made with Google's keys."
  }
}

# Replaced, they would be empty.
run "keys_of_ones_own_for_secrets_that_are_there" {
  command = plan

  plan_options {
    target = [google_secret_manager_secret.this]
  }

  variables {
    cmek = {}
  }

  expect_failures = [google_secret_manager_secret.this]
}
