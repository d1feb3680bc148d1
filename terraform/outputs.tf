output "api_base_url" {
  description = "What apps and integration servers put in place of HALO's address."
  value       = local.api_base_url
}

output "api_address" {
  description = "With a domain of your own: the address that its A record must name. The certificate comes within an hour of that."
  value       = try(google_compute_global_address.api[0].address, null)
}

output "functions" {
  description = "Each function's own address."
  value       = merge({ for name, function in module.function : name => function.uri }, { api = module.api.uri })
}

output "service_accounts" {
  description = "Each service account, as a member for IAM."
  value       = merge(local.members, { for name, account in google_service_account.this : name => account.member })
}

output "queues" {
  description = "The queues, and what each hands out in a second."
  value       = { for name, queue in local.queues : "${name}${var.queue_suffix}" => queue.per_second }
}

output "secrets" {
  description = "The secrets whose versions an operator adds, by variable."
  value       = { for variable, secret in google_secret_manager_secret.this : variable => secret.secret_id }
}

output "audiences" {
  description = "By function, what tokens of its callers may name, beside its address at cloudfunctions.net."
  value       = local.audiences
}

output "dashboard" {
  description = "Where the dashboard is."
  value       = "https://console.cloud.google.com/monitoring/dashboards?project=${var.project_id}"
}
