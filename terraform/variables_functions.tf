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
  validation {
    condition = alltrue(flatten([for each in values(var.functions) : [
      each.min_instances == null ? true : each.min_instances >= 0 && floor(each.min_instances) == each.min_instances,
      each.max_instances == null ? true : each.max_instances >= 1 && floor(each.max_instances) == each.max_instances,
    ]]))
    error_message = "min_instances is a whole number of at least 0, and max_instances of at least 1."
  }
}

locals {
  # Whole numbers, as functions/push/settings.py takes them: the least, and the most if there is one. Outside of these no
  # function would start.
  ranges = {
    fcm_ramp_s     = [0, null]
    fcm_ramp_above = [0, null]
    fcm_timeout_s  = [10, 300]
    sns_per_second = [10, null]
    sns_timeout_s  = [2, 300]
    lease_s        = [2, 600]
    keep_days      = [7, 3650]
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
    condition = alltrue([
      for name, range in local.ranges : var.settings[name] == null ? true : (
        floor(var.settings[name]) == var.settings[name] && var.settings[name] >= range[0] && (range[1] == null ? true : var.settings[name] <= range[1])
      )
    ])
    error_message = "In settings, a whole number in its range: ${join(", ", [for name, range in local.ranges : "${name} ${range[0]} to ${range[1] == null ? "any" : range[1]}"])}."
  }
  validation {
    condition     = alltrue([for url in [var.settings.oidc_certs_url, var.settings.fcm_endpoint, var.settings.sns_endpoint] : url == null ? true : can(regex("^https://[^\\s]+$", url))])
    error_message = "settings.oidc_certs_url, fcm_endpoint and sns_endpoint are URLs that begin with https://."
  }
  validation {
    condition     = alltrue([for text in [var.settings.firebase_auth_project, var.settings.firebase_role_claim] : text == null ? true : can(regex("^\\S+$", text))])
    error_message = "settings.firebase_auth_project and firebase_role_claim are one word each, or not set."
  }
  validation {
    condition     = var.settings.service_accounts == null ? true : alltrue([for email, role in var.settings.service_accounts : can(regex("^[^@\\s,=]+@[^@\\s,=]+$", email)) && can(regex("\\S", role))])
    error_message = "settings.service_accounts has roles by email."
  }
  # Without an audience any token of such an account's would do, so the code starts with none.
  validation {
    condition     = var.settings.api_audience == null ? true : length(var.settings.api_audience) > 0 && alltrue([for each in var.settings.api_audience : can(regex("^[^,\\s]+$", each))])
    error_message = "settings.api_audience names at least one audience, or is not set: then it is the API's own address."
  }
  validation {
    condition     = var.settings.allowed_origins == null ? true : alltrue([for each in var.settings.allowed_origins : can(regex("^(\\*|https?://[^/,\\s]+)$", each))])
    error_message = "settings.allowed_origins are origins such as \"https://www.wines.example\", without a path; [] for no browser at all."
  }
}

variable "audiences" {
  description = "By function, further audiences that tokens of its callers may name, if the check \"audiences\" finds that one is missing."
  type        = map(list(string))
  default     = {}

  validation {
    condition = (
      alltrue([for name in keys(var.audiences) : contains(["send", "deliver", "sweep", "work", "ingest"], name)])
      && alltrue([for each in flatten(values(var.audiences)) : can(regex("^https://[^,\\s]+$", each))])
    )
    error_message = "audiences are URLs, by send, deliver, sweep, work and ingest."
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
