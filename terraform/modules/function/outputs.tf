output "url" {
  description = "Its address at cloudfunctions.net, which is the audience of its callers' tokens."
  value       = local.url
}

output "uri" {
  description = "The address of its Cloud Run service: calls to it count as internal."
  value       = google_cloudfunctions2_function.function.service_config[0].uri
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
