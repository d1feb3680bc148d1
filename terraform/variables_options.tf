# Parts that a deployment may do without. All are off unless they are set.

variable "alert_emails" {
  description = "Who is told when an alert opens."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+$", each))])
    error_message = "alert_emails are email addresses."
  }
}

variable "budget" {
  description = "An alert on what the project costs in a month, in whole units of the billing account's currency."
  type        = object({ billing_account = string, monthly_amount = number })
  default     = null

  validation {
    condition     = var.budget == null ? true : can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account)) && var.budget.monthly_amount >= 1 && floor(var.budget.monthly_amount) == var.budget.monthly_amount
    error_message = "budget needs a billing_account such as \"012345-6789AB-CDEF01\", and a monthly_amount of whole units, at least 1."
  }
}

variable "receipt_logs" {
  description = "The share of good reports of activity that Cloud Run's log of requests keeps; 1 for all. A receipt for each message would be most of the log."
  type        = number
  default     = 0.01

  validation {
    condition     = var.receipt_logs >= 0 && var.receipt_logs <= 1
    error_message = "receipt_logs is a share: 0 to 1."
  }
}

variable "custom_domain" {
  description = "A domain of your own for the API: a load balancer with a certificate, and Cloud Armor with limits for each address."
  type = object({
    domain                    = string
    requests_per_minute       = optional(number, 6000)
    token_requests_per_minute = optional(number, 120)
  })
  default = null

  validation {
    condition     = var.custom_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.custom_domain.domain))
    error_message = "custom_domain.domain is a host such as \"push.wines.example\"."
  }
  validation {
    condition     = var.custom_domain == null ? true : min(var.custom_domain.requests_per_minute, var.custom_domain.token_requests_per_minute) >= 1
    error_message = "The limits of custom_domain are at least 1: a whole office may share one address."
  }
}

variable "cmek" {
  description = "Keys of your own for the database, the secrets, the functions and their source, from the first apply on: nothing is moved to one later. Google refuses the database until it has granted the project some (Firestore, Use CMEK, Request access); database = false leaves it out."
  type        = object({ rotation_days = optional(number, 90), database = optional(bool, true) })
  default     = null

  validation {
    condition     = var.cmek == null ? true : var.cmek.rotation_days >= 1 && var.cmek.rotation_days <= 90 && floor(var.cmek.rotation_days) == var.cmek.rotation_days
    error_message = "cmek.rotation_days is a whole number from 1 to 90."
  }
}

variable "sns" {
  description = "Amazon SNS for phones without Play services: its region. The archive must be made with PROVIDERS=sns."
  type        = object({ region = string })
  default     = null

  validation {
    condition     = var.sns == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.sns.region))
    error_message = "sns.region is a region of Amazon, such as \"eu-west-1\"."
  }
}

variable "bigquery_export" {
  description = "Log lines about runs and shards, kept in BigQuery for expiration_days; 0 for ever."
  type        = object({ location = string, expiration_days = optional(number, 400) })
  default     = null

  validation {
    condition     = var.bigquery_export == null ? true : var.bigquery_export.expiration_days >= 0 && floor(var.bigquery_export.expiration_days) == var.bigquery_export.expiration_days && can(regex("^(EU|US|[a-z]+-[a-z]+[0-9]+)$", var.bigquery_export.location))
    error_message = "bigquery_export needs a location such as \"EU\", and expiration_days that are a whole number of at least 0."
  }
}

variable "vpc_connector" {
  description = "A connector into a network of this project. With all_traffic everything leaves by it, for one fixed address behind a NAT."
  type        = object({ network = string, ip_cidr_range = string, all_traffic = optional(bool, false) })
  default     = null

  validation {
    condition     = var.vpc_connector == null ? true : can(cidrnetmask(var.vpc_connector.ip_cidr_range)) && endswith(var.vpc_connector.ip_cidr_range, "/28")
    error_message = "vpc_connector.ip_cidr_range is a free /28, such as \"10.8.0.0/28\"."
  }
}

variable "firebase" {
  description = "Adds Firebase to this project, for people who work in the Firebase console: under Firebase's terms, which somebody must have accepted there, and for good."
  type        = bool
  default     = false
}

variable "public_by" {
  description = "How api is open to everybody: by a role for allUsers, or, where the organisation refuses that (domain restricted sharing), by no-iam-check, which is then turned on with gcloud (README, Deploy)."
  type        = string
  default     = "allUsers"

  validation {
    condition     = contains(["allUsers", "no-iam-check"], var.public_by)
    error_message = "public_by is \"allUsers\" or \"no-iam-check\"."
  }
}

variable "queue_suffix" {
  description = "Behind the queues' names. A queue that was destroyed keeps its name for three days, in which one of the same name only seems to be made: give those another suffix, such as \"-2\"."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(-[a-z0-9]{1,20})?$", var.queue_suffix))
    error_message = "queue_suffix is empty, or a hyphen with up to 20 lower-case letters and digits, such as \"-2\"."
  }
}

variable "first_token_keys" {
  description = "Whether Terraform looks after the first version of the signing keys. Turn it off, and apply, before you destroy that version, and never on again: another one would be made, and every login would end."
  type        = bool
  default     = true
}
