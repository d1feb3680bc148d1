variable "functions" {
  description = "What is to differ from functions.tf for a function, by its name. How many instances deliver has follows from the quota."
  type = map(object({
    memory        = optional(string)
    cpu           = optional(string)
    min_instances = optional(number)
    max_instances = optional(number)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.functions) : contains(["api", "send", "deliver", "sweep", "work", "ingest"], name)])
    error_message = "functions is keyed by api, send, deliver, sweep, work and ingest."
  }
  validation {
    condition     = try(var.functions.deliver.max_instances, null) == null
    error_message = "deliver has as many instances as fcm_quota_per_minute needs: each uses its share of the quota, so they must agree."
  }
  validation {
    condition     = try(var.functions.sweep.max_instances, null) == null
    error_message = "sweep is one instance: it is called once a minute."
  }
  validation {
    condition     = alltrue([for each in values(var.functions) : each.memory == null || can(regex("^[0-9]+(Mi|Gi)$", each.memory))])
    error_message = "memory is an amount such as 512Mi or 1Gi."
  }
  validation {
    condition     = alltrue([for each in values(var.functions) : each.cpu == null || can(regex("^[1248]$", each.cpu))])
    error_message = "cpu is \"1\", \"2\", \"4\" or \"8\": a function that serves several requests at once needs a whole one."
  }
}

variable "settings" {
  description = "Settings of the code that are not computed here, by their names in functions/push/settings.py; the README's Configuration says what they mean."
  type = object({
    oidc_certs_url        = optional(string)
    service_accounts      = optional(map(string))
    api_audience          = optional(list(string))
    firebase_auth_project = optional(string)
    firebase_role_claim   = optional(string)
    fcm_endpoint          = optional(string)
    fcm_ramp_s            = optional(number)
    fcm_ramp_above        = optional(number)
    fcm_timeout_s         = optional(number)
    sns_endpoint          = optional(string)
    sns_per_second        = optional(number)
    sns_timeout_s         = optional(number)
    lease_s               = optional(number)
    keep_days             = optional(number)
    allowed_origins       = optional(list(string))
    log_level             = optional(string)
  })
  default = {}

  validation {
    condition     = var.settings.log_level == null ? true : contains(["DEBUG", "INFO"], var.settings.log_level)
    error_message = "settings.log_level is DEBUG or INFO: metrics and alerts are made of what is INFO."
  }
  validation {
    condition     = var.settings.keep_days == null ? true : var.settings.keep_days >= 7 && var.settings.keep_days <= 3650
    error_message = "settings.keep_days is 7 to 3,650."
  }
}

variable "ingest_audiences" {
  description = "Further audiences that Eventarc's tokens may name, if the check \"ingest_audience\" finds that one is missing."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.ingest_audiences : can(regex("^https://[^,\\s]+$", each))])
    error_message = "ingest_audiences are URLs of the function ingest."
  }
}

variable "eventarc_location" {
  description = "Where the triggers are, if it is not what Google's documentation says for the database's location."
  type        = string
  default     = null

  validation {
    condition     = var.eventarc_location == null ? true : can(regex("^([a-z]+-[a-z]+[0-9]+|nam5|eur3)$", var.eventarc_location))
    error_message = "eventarc_location is a location of Eventarc."
  }
}
