output "uri" {
  description = "The address of its Cloud Run service: calls to it count as internal."
  value       = google_cloudfunctions2_function.function.service_config[0].uri
}

output "audience" {
  description = "What its callers' tokens should name: its address, if it knows that, or else the one at cloudfunctions.net."
  value = (
    contains(local.audiences, google_cloudfunctions2_function.function.service_config[0].uri)
    ? google_cloudfunctions2_function.function.service_config[0].uri
    : local.url
  )
}

output "service" {
  description = "The name of its Cloud Run service."
  value       = google_cloudfunctions2_function.function.name
}

output "member" {
  description = "Its service account, as a member for IAM."
  value       = google_service_account.function.member
}

output "email" {
  description = "Its service account."
  value       = google_service_account.function.email
}

output "callers" {
  description = "Who may call it, as members for IAM."
  value       = { for name, caller in google_cloud_run_v2_service_iam_member.caller : name => caller.member }
}
