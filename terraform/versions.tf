# Exact, since a lock file names only what one machine downloaded: `terraform init -upgrade` never moves these.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "8.7.0"
    }
    # Only for the service agents of Google's own services, and to add Firebase, which the other one cannot.
    google-beta = {
      source  = "hashicorp/google-beta"
      version = "8.7.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.9.1"
    }
    time = {
      source  = "hashicorp/time"
      version = "0.14.2"
    }
  }
}
