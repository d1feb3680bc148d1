# What the project needs enabled. Serviceusage and cloudresourcemanager come first, by hand (README, Deploy).

locals {
  apis = toset(concat(
    [
      "artifactregistry", "cloudbuild", "cloudfunctions", "cloudscheduler", "cloudtasks", "eventarc", "eventarcpublishing", "fcm",
      "firebaserules", "firestore", "iam", "iamcredentials", "identitytoolkit", "logging", "monitoring", "pubsub", "run",
      "secretmanager", "storage",
    ],
    var.budget == null ? [] : ["billingbudgets"],
    var.firebase ? ["firebase"] : [],
    var.custom_domain == null ? [] : ["compute"],
    var.cmek == null ? [] : ["cloudkms"],
    var.bigquery_export == null ? [] : ["bigquery"],
    var.vpc_connector == null ? [] : ["compute", "vpcaccess"],
  ))
}

resource "google_project_service" "needed" {
  for_each = local.apis

  service = "${each.value}.googleapis.com"
  # Something else in the project may use it by then.
  disable_on_destroy = false
}

# An API answers that it is not enabled for some seconds after it was.
resource "time_sleep" "apis" {
  create_duration = "60s"
  triggers        = { apis = join(",", sort(local.apis)) }

  depends_on = [google_project_service.needed]
}
