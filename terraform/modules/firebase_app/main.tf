# What HALO Push needs in the Firebase project of one more app: two roles, and no key.

terraform {
  required_version = ">= 1.11.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 8.7, < 9.0"
    }
  }
}

# The least predefined role with cloudmessaging.messages.create. Beside that it reads delivery statistics.
resource "google_project_iam_member" "sender" {
  project = var.project_id
  role    = "roles/firebasecloudmessaging.admin"
  member  = var.sender
}

# Accounts of the app's users are made, looked up and deleted with it (functions/push/adapters/identity_toolkit).
resource "google_project_iam_member" "logins" {
  for_each = var.logins

  project = var.project_id
  role    = "roles/firebaseauth.admin"
  member  = each.value
}
