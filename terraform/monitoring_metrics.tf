# What the log of the functions says, as numbers. The README's *Watching it* has the events and their fields.

locals {
  log_filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${join(" OR ", [for name in keys(local.functions) : "\"${name}\""])})"

  # Events that are counted: what sweep had to mend, what was lost, and what somebody should look at.
  events = [
    "run-rearmed", "shards-rearmed", "job-rearmed", "sweep-failed", "project-paused", "pace-unreadable", "answers-lost",
    "page-inherited", "page-given-up", "exchange-died", "no-access-token", "refresh-token-reused", "targets-pruned",
    "job-failed", "housekeeping-failed", "audit-not-kept", "task-malformed", "request-crashed", "misconfigured",
  ]

  # Counters: a filter, and labels with the fields that they are taken from.
  counters = {
    run_states = {
      description = "Runs that passed into a state"
      filter      = "jsonPayload.message=\"run-state\""
      labels      = { to = "EXTRACT(jsonPayload.to)", app = "EXTRACT(jsonPayload.app)" }
    }
    events = {
      description = "Events that are worth counting, by their name"
      filter      = "jsonPayload.message=(${join(" OR ", [for event in local.events : "\"${event}\""])})"
      labels      = { event = "EXTRACT(jsonPayload.message)" }
    }
  }

  # Distributions: of which field, of which lines; in ms and without labels, unless they say something else.
  times = {
    due_to_first_ms = {
      description = "From a notification's time to the first call of FCM"
      filter      = "jsonPayload.message=\"run-first-page\""
      value       = "jsonPayload.late_ms"
    }
    not_begun_ms = {
      description = "How late a notification is that sweep finds not begun"
      filter      = "jsonPayload.message=\"run-rearmed\" AND jsonPayload.late_ms>0"
      value       = "jsonPayload.late_ms"
    }
    due_to_started_ms = {
      description = "From a notification's time to the beginning of sending"
      filter      = "jsonPayload.message=\"run-state\" AND jsonPayload.to=\"sending\""
      value       = "jsonPayload.late_ms"
    }
    sending_ms = {
      description = "From the beginning of sending until every target has an outcome"
      filter      = "jsonPayload.message=\"run-state\" AND jsonPayload.to=\"sent\""
      value       = "jsonPayload.took_ms"
    }
    shard_ms = {
      description = "How long a worker took for a shard"
      filter      = "jsonPayload.message=\"shard-done\""
      value       = "jsonPayload.took_ms"
    }
    quota_ms = {
      description = "For how long a worker's messages would use all of their Firebase project's quota"
      filter      = "jsonPayload.message=\"shard-done\" AND jsonPayload.quota_ms>0"
      value       = "jsonPayload.quota_ms"
      labels      = { firebase_project = "EXTRACT(jsonPayload.project)" }
    }
    put_off = {
      description = "Targets that FCM or Amazon did not take for now, at each attempt anew"
      filter      = "jsonPayload.message=\"shard-done\" AND jsonPayload.put_off>0"
      value       = "jsonPayload.put_off"
      unit        = "1"
    }
  }

  # A shard's counts when it is through; their sum is how many targets came to that end (functions/push/domain/outcome.py).
  outcomes = {
    accepted      = "accepted"
    dead          = "dead"
    rejected      = "rejected"
    misconfigured = "misconfigured"
    unknown       = "unknown"
    expired       = "expired"
    no_device     = "noSuchDevice"
    stale         = "stale"
  }

  distributions = merge(
    { for name, each in local.times : name => merge({ labels = {}, unit = "ms" }, each) },
    {
      for name, field in local.outcomes : "targets_${name}" => {
        description = "Targets of a shard that ended as ${field}"
        filter      = "jsonPayload.message=\"shard-done\" AND jsonPayload.end=\"done\" AND jsonPayload.counts.${field}>0"
        value       = "jsonPayload.counts.${field}"
        labels      = {}
        unit        = "1"
      }
    },
  )
}

resource "google_logging_metric" "counter" {
  for_each = local.counters

  name             = "halo_push_${each.key}"
  description      = each.value.description
  filter           = "${local.log_filter} AND ${each.value.filter}"
  label_extractors = each.value.labels

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_logging_metric" "distribution" {
  for_each = local.distributions

  name             = "halo_push_${each.key}"
  description      = each.value.description
  filter           = "${local.log_filter} AND ${each.value.filter}"
  value_extractor  = "EXTRACT(${each.value.value})"
  label_extractors = each.value.labels

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  # 60,000, which the objective cuts at, is a bound: what is counted as in time is no estimate.
  bucket_options {
    explicit_buckets {
      bounds = [0, 1, 10, 100, 250, 500, 1000, 2000, 5000, 10000, 20000, 30000, 45000, 60000, 90000, 120000, 300000, 600000, 1800000, 3600000, 14400000, 86400000]
    }
  }

  depends_on = [time_sleep.apis]
}

# An objective is refused until Monitoring knows its metric, which may take so long: beside indexes and builds.
resource "time_sleep" "metrics" {
  create_duration = "600s"
  triggers        = { metric = google_logging_metric.distribution["due_to_first_ms"].id }
}
