variable "project_id" {
  description = "The project that the function is in."
  type        = string
}

variable "region" {
  description = "The region that it runs in."
  type        = string
}

variable "name" {
  description = "Its name, and that of its entry point in functions/main.py."
  type        = string
}

variable "description" {
  description = "What it does, in a sentence."
  type        = string
}

variable "labels" {
  description = "Labels of the function."
  type        = map(string)
}

variable "source_object" {
  description = "The archive, as an object of Cloud Storage."
  type        = object({ bucket = string, name = string })
}

variable "build" {
  description = "Who builds it, and where the image goes."
  type        = object({ service_account = string, repository = string })
}

variable "resources" {
  description = "What an instance has, how many there are, and for how long one may work on a request."
  type = object({
    memory        = string
    cpu           = string
    concurrency   = number
    min_instances = number
    max_instances = number
    timeout_s     = number
  })
}

variable "ingress" {
  description = "From where it may be called at all."
  type        = string

  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"], var.ingress)
    error_message = "ingress is one of Cloud Functions' three settings."
  }
}

variable "environment" {
  description = "Settings of the code that are no secrets."
  type        = map(string)
}

variable "audiences" {
  description = "Audiences that tokens of its callers may name, beside its own URL at cloudfunctions.net."
  type        = list(string)
  default     = []
}

variable "secrets" {
  description = "Settings that are secrets: by variable, the secret's id and version."
  type        = map(object({ secret = string, version = string }))
}

variable "callers" {
  description = "IAM members that may call it, each under a name of its own."
  type        = map(string)
}

variable "kms_key" {
  description = "The key that its source and image are encrypted with, if not Google's."
  type        = string
  default     = null
}

variable "vpc" {
  description = "The connector that it reaches a network by."
  type        = object({ connector = optional(string), egress = optional(string) })
  default     = {}
}
