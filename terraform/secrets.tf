# Signing keys and the pepper. Their first versions are made here, of random bytes that Terraform never keeps (ephemeral
# and write-only: neither plan nor state holds them). Later ones are added by hand (README, Deploy).

locals {
  secrets = merge(
    {
      TOKEN_KEYS = { id = "halo-token-keys", version = var.secret_versions.token_keys }
      KEY_PEPPER = { id = "halo-key-pepper", version = var.secret_versions.key_pepper }
    },
    local.aws_secrets,
  )

  # What each function reads.
  secrets_of = {
    for name, function in local.functions : name => {
      for variable in function.secrets : variable => {
        secret  = google_secret_manager_secret.this[variable].secret_id
        version = local.secrets[variable].version
      }
    }
  }
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  secret_id           = each.value.id
  labels              = local.labels
  deletion_protection = var.deletion_protection

  replication {
    dynamic "auto" {
      for_each = var.cmek == null ? [true] : []

      content {}
    }
    dynamic "user_managed" {
      for_each = var.cmek == null ? [] : [true]

      content {
        replicas {
          location = var.region

          customer_managed_encryption {
            kms_key_name = local.regional_key
          }
        }
      }
    }
  }

  depends_on = [time_sleep.apis, google_kms_crypto_key_iam_member.agent]

  # With another replication it would be another secret, and what it held would be gone.
  lifecycle {
    ignore_changes = [replication]

    postcondition {
      condition     = (var.cmek != null) == (length(self.replication[0].user_managed) > 0)
      error_message = "${self.secret_id} was made ${var.cmek == null ? "with" : "without"} cmek, and keeps that: anew it would end every login, and lose whatever is stored under hashed keys. Leave cmek as it was."
    }
  }
}

ephemeral "random_bytes" "token_key" {
  length = 32
}

ephemeral "random_bytes" "pepper" {
  length = 32
}

resource "google_secret_manager_secret_version" "first_token_keys" {
  count = var.first_token_keys ? 1 : 0

  secret                 = google_secret_manager_secret.this["TOKEN_KEYS"].id
  secret_data_wo_version = 1
  deletion_policy        = "ABANDON"

  secret_data_wo = jsonencode({
    keys = [{
      kty = "oct"
      use = "sig"
      alg = "HS256"
      kid = "first"
      k   = replace(replace(trim(ephemeral.random_bytes.token_key.base64, "="), "+", "-"), "/", "_")
    }]
  })

  # Whoever disables it means that. One that was destroyed would be made anew, as the latest: first_token_keys.
  lifecycle {
    ignore_changes = [enabled]
  }
}

# Never another one: all that is stored under hashed keys would be lost. So functions read this version, not the latest.
resource "google_secret_manager_secret_version" "pepper" {
  secret                 = google_secret_manager_secret.this["KEY_PEPPER"].id
  secret_data_wo         = ephemeral.random_bytes.pepper.hex
  secret_data_wo_version = 1
  deletion_policy        = "ABANDON"

  lifecycle {
    ignore_changes = [enabled]
  }
}
