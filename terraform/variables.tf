variable "project_id" {
  description = "The Google Cloud project that everything is put into; empty, with billing."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is an id such as \"wines-push-prod\": 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Where functions, queues and the Scheduler job run: close to the database, and a region of Cloud Scheduler. It cannot be changed: source and functions would have to be destroyed first."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is one region, such as \"europe-west1\"."
  }
}

variable "database_location" {
  description = "Where Firestore keeps its documents: a region, or eur3 or nam5. It can never be changed."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.database_location)) || contains(["eur3", "nam5"], var.database_location)
    error_message = "database_location is a region such as \"europe-west1\", or one of eur3 and nam5."
  }
}

variable "fcm_quota_per_minute" {
  description = "Messages a minute that FCM takes from one Firebase project. Instances and rates of queues follow from it."
  type        = number
  default     = 600000

  validation {
    condition     = var.fcm_quota_per_minute >= 60 && var.fcm_quota_per_minute <= 30000000 && floor(var.fcm_quota_per_minute) == var.fcm_quota_per_minute
    error_message = "fcm_quota_per_minute is a whole number from 60 to 30,000,000; FCM gives 600,000 unless it granted more."
  }
}

variable "source_archive" {
  description = "The archive that is deployed, seen from this folder, if it is not what `make package` wrote: with sns, what it wrote with PROVIDERS=sns."
  type        = string
  default     = null

  validation {
    condition     = var.source_archive == null ? true : endswith(var.source_archive, ".zip")
    error_message = "source_archive is a .zip, as `make package` writes it."
  }
}

variable "firebase_projects" {
  description = "Firebase projects of apps, by project id; password_logins where the app's users log in with Firebase Authentication, for which a role is made there; login_role is its id, another one for a second deployment that serves the project."
  type        = map(object({ password_logins = optional(bool, false), login_role = optional(string, "haloPushLogins") }))
  default     = {}

  validation {
    condition     = alltrue([for id in keys(var.firebase_projects) : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", id))])
    error_message = "firebase_projects is keyed by project ids such as \"wines-app\"."
  }
}

variable "deletion_protection" {
  description = "Keeps the database and the secrets from being destroyed with the rest. Turn it off, apply, and then destroy."
  type        = bool
  default     = true
}

variable "backup_retention_days" {
  description = "For how long daily backups of the database are kept; 0 for none. The last 7 days can be restored to any minute besides."
  type        = number
  default     = 14

  validation {
    condition     = var.backup_retention_days >= 0 && var.backup_retention_days <= 98 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days is a whole number from 0 to 98 (14 weeks), which is as long as Firestore keeps a backup."
  }
}

variable "secret_versions" {
  description = "Which version of each secret functions read: a number, or latest, which an instance looks up when it starts. The pepper's is never another one."
  type = object({
    token_keys = optional(string, "latest")
    key_pepper = optional(string, "1")
    aws        = optional(string, "latest")
  })
  default = {}

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : can(regex("^(latest|[1-9][0-9]*)$", version))])
    error_message = "secret_versions are numbers, or \"latest\"."
  }
}

variable "labels" {
  description = "Labels of everything that can have some, for whoever reads the bill."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", name)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "labels are lower-case letters, digits, hyphens and underscores."
  }
}
