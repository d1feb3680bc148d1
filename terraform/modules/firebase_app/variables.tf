variable "project_id" {
  description = "The Firebase project, as PUT api/core/app names it."
  type        = string
}

variable "sender" {
  description = "Who sends: the service account of deliver, as a member for IAM (output service_accounts)."
  type        = string

  validation {
    condition     = startswith(var.sender, "serviceAccount:")
    error_message = "sender is a member such as \"serviceAccount:halo-deliver@wines-push-prod.iam.gserviceaccount.com\"."
  }
}

variable "logins" {
  description = "Who handles accounts of the app's users, if they log in with Firebase Authentication: api and work, each under its name."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in values(var.logins) : startswith(member, "serviceAccount:")])
    error_message = "logins are members such as \"serviceAccount:halo-api@wines-push-prod.iam.gserviceaccount.com\"."
  }
}

variable "login_role" {
  description = "The id of the role for that, which is made in the project: another one for a second deployment that serves it."
  type        = string
  default     = "haloPushLogins"

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.]{3,64}$", var.login_role))
    error_message = "login_role is 3 to 64 letters, digits, _ and dots."
  }
}
