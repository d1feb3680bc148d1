# The Firebase projects of apps: who may send there, and handle accounts of the app's users.
module "firebase_app" {
  for_each = var.firebase_projects
  source   = "./modules/firebase_app"

  project_id = each.key
  sender     = local.members["deliver"]
  login_role = each.value.login_role
  logins     = each.value.password_logins ? { for name in ["api", "work"] : name => local.members[name] } : {}
}

# This project itself, for people who work in the Firebase console. It stays a Firebase project whatever is destroyed.
resource "google_firebase_project" "this" {
  count    = var.firebase ? 1 : 0
  provider = google-beta

  project = var.project_id

  depends_on = [time_sleep.apis]
}
