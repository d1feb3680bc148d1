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
}

ephemeral "random_bytes" "token_key" {
  length = 32
}

ephemeral "random_bytes" "pepper" {
  length = 32
}

resource "google_secret_manager_secret_version" "first_token_keys" {
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
}

# Never another one: all that is stored under hashed keys would be lost.
resource "google_secret_manager_secret_version" "pepper" {
  secret                 = google_secret_manager_secret.this["KEY_PEPPER"].id
  secret_data_wo         = ephemeral.random_bytes.pepper.hex
  secret_data_wo_version = 1
  deletion_policy        = "ABANDON"
}
