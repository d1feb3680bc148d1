# The database, and what infra/firestore.indexes.json and infra/firestore.rules say of it: the files that the Firebase
# CLI and the tests read.

locals {
  firestore = jsondecode(file("${path.module}/../infra/firestore.indexes.json"))

  indexes = {
    for index in local.firestore.indexes :
    join(" ", concat([index.collectionGroup], [for field in index.fields : "${field.fieldPath}:${try(field.order, field.arrayConfig)}"])) => index
  }
  fields = { for field in local.firestore.fieldOverrides : "${field.collectionGroup} ${field.fieldPath}" => field }
}

resource "google_firestore_database" "default" {
  name                              = "(default)"
  location_id                       = var.database_location
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.deletion_protection ? "ABANDON" : "DELETE"

  dynamic "cmek_config" {
    for_each = try(var.cmek.database, false) ? [true] : []

    content {
      kms_key_name = local.database_key
    }
  }

  depends_on = [time_sleep.apis, google_kms_crypto_key_iam_member.agent]

  # With another key, or none, it would be another database.
  lifecycle {
    ignore_changes = [cmek_config]

    postcondition {
      condition     = try(var.cmek.database, false) == (length(self.cmek_config) > 0)
      error_message = "The database was made ${try(var.cmek.database, false) ? "without" : "with"} a key of your own, and keeps that. Leave cmek.database as it was."
    }
  }
}

resource "google_firestore_backup_schedule" "daily" {
  count = var.backup_retention_days > 0 ? 1 : 0

  database  = google_firestore_database.default.name
  retention = "${var.backup_retention_days * 86400}s"

  daily_recurrence {}
}

# Functions wait for these: a query without its index fails. One that nobody asks for any more goes when no function asks
# for it: Terraform destroys first otherwise. None is in another's way, since an index is its collection, scope and fields:
# one that changes is another one.
resource "google_firestore_index" "composite" {
  for_each = local.indexes

  database    = google_firestore_database.default.name
  collection  = each.value.collectionGroup
  query_scope = each.value.queryScope

  dynamic "fields" {
    for_each = each.value.fields

    content {
      field_path   = fields.value.fieldPath
      order        = try(fields.value.order, null)
      array_config = try(fields.value.arrayConfig, null)
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Which single fields have no index, or another one than usual, and which of them say when a document expires. Nothing
# waits for them: an exemption saves writes, and TTL takes a day anyway.
resource "google_firestore_field" "override" {
  for_each = local.fields

  database   = google_firestore_database.default.name
  collection = each.value.collectionGroup
  field      = each.value.fieldPath
  skip_wait  = true

  # Without an index in it, the field has none.
  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes

      content {
        order        = try(indexes.value.order, null)
        array_config = try(indexes.value.arrayConfig, null)
        query_scope  = indexes.value.queryScope
      }
    }
  }

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []

    content {}
  }

  # Firestore refuses to change fields while it builds indexes (409, contention).
  depends_on = [google_firestore_index.composite]
}

# A ruleset never changes: other rules are another one, and the release names it.
resource "google_firebaserules_ruleset" "firestore" {
  source {
    files {
      name    = "firestore.rules"
      content = file("${path.module}/../infra/firestore.rules")
    }
  }

  depends_on = [google_firestore_database.default]

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_firebaserules_release" "firestore" {
  name         = "cloud.firestore"
  ruleset_name = "projects/${var.project_id}/rulesets/${google_firebaserules_ruleset.firestore.name}"

  lifecycle {
    replace_triggered_by = [google_firebaserules_ruleset.firestore]
  }
}
