# What HALO Push needs in the Firebase project of one more app: two roles, one of them made there, and no key. For whoever
# looks after that project with a Terraform of their own; service accounts are in the output of HALO Push's:
#
#   module "halo_push" {
#     source     = "git::https://example.com/halo-push.git//terraform/modules/firebase_app?ref=v0.2"
#     project_id = "wines-app"
#     sender     = "serviceAccount:halo-deliver@wines-push-prod.iam.gserviceaccount.com"
#   }

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

# Accounts of the app's users are made and deleted with it, and nothing else (functions/push/adapters/identity_toolkit):
# the predefined role would let api change anybody's password and how people log in.
resource "google_project_iam_custom_role" "logins" {
  count = length(var.logins) > 0 ? 1 : 0

  project     = var.project_id
  role_id     = var.login_role
  title       = "HALO Push: accounts of users"
  description = "Makes and deletes accounts of Firebase Authentication"
  permissions = ["firebaseauth.users.create", "firebaseauth.users.delete"]
}

resource "google_project_iam_member" "logins" {
  for_each = var.logins

  project = var.project_id
  role    = "projects/${var.project_id}/roles/${google_project_iam_custom_role.logins[0].role_id}"
  member  = each.value
}
