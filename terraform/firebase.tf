# The Firebase projects of apps: who may send there, and handle accounts of the app's users.
module "firebase_app" {
  for_each = var.firebase_projects
  source   = "./modules/firebase_app"

  project_id = each.key
  sender     = local.members["deliver"]
  logins     = each.value.password_logins ? { for name in ["api", "work"] : name => local.members[name] } : {}
}
