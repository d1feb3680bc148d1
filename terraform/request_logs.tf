# Cloud Run writes a line of about 1 KB for each request. Phones report receipts by the million, and each report is counted
# where it is stored: so most of those lines are dropped, unless something is wrong in one. Metrics of Cloud Run and those
# made of the functions' own lines count everything all the same.
resource "google_logging_project_exclusion" "receipts" {
  count = var.receipt_logs < 1 ? 1 : 0

  name        = "halo-push-receipts"
  description = "Requests of phones that report activity, and were answered with 2xx"
  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${module.api.service}\"",
    "log_id(\"run.googleapis.com/requests\")",
    "httpRequest.status>=200",
    "httpRequest.status<300",
    "httpRequest.requestUrl=~\"/push/schedule/activity([?]|$)\"",
    "sample(insertId, ${format("%.4f", 1 - var.receipt_logs)})",
  ])

  depends_on = [time_sleep.apis]
}
