# The promise: of a thousand notifications 999 reach FCM within a minute of their time, over four weeks. Of those that
# reach it: what never does is for the alerts late-sends and halted-schedules. And whether the API answers at all, asked
# from outside.

resource "google_monitoring_custom_service" "this" {
  service_id   = "halo-push"
  display_name = "HALO Push"
  user_labels  = local.labels

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_slo" "on_time" {
  service             = google_monitoring_custom_service.this.service_id
  slo_id              = "on-time"
  display_name        = "99.9 % of notifications reach FCM within 60 s of their time"
  goal                = 0.999
  rolling_period_days = 28
  user_labels         = local.labels

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.distribution["due_to_first_ms"].name}\" AND resource.type=\"cloud_run_revision\""

      range {
        max = 60000
      }
    }
  }

  depends_on = [time_sleep.metrics]
}

# At ten times the rate that four weeks allow, the budget is gone in three days.
resource "google_monitoring_alert_policy" "on_time" {
  display_name          = "HALO Push: the objective is at risk"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "Late ten times as often as the objective allows, for an hour"

    condition_threshold {
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.on_time.name}\", \"3600s\")"
      comparison      = "COMPARISON_GT"
      threshold_value = 10
      duration        = "0s"
    }
  }

  documentation {
    subject   = "HALO Push, ${var.project_id}: the objective is at risk"
    mime_type = "text/markdown"
    content   = file("${path.module}/runbooks/late-sends.md")
  }
}

resource "google_monitoring_uptime_check_config" "api" {
  display_name = "HALO Push: api/health"
  timeout      = "10s"
  period       = "60s"
  user_labels  = local.labels

  http_check {
    path         = "/api/health"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  content_matchers {
    content = "\"ok\""
    matcher = "CONTAINS_STRING"
  }

  monitored_resource {
    type = "uptime_url"

    labels = {
      project_id = var.project_id
      host       = local.api_host
    }
  }

  # Asked for another host it is another check, and the alert names this one until it names that.
  lifecycle {
    create_before_destroy = true
  }

  depends_on = [module.api]
}

resource "google_monitoring_alert_policy" "api_down" {
  display_name          = "HALO Push: the API does not answer"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = "api/health fails from several places"

    condition_threshold {
      filter          = "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type=\"uptime_url\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.api.uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      # What a place saw last counts until it looks again: a look that comes late is not one that succeeded.
      aggregations {
        alignment_period     = "1200s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    subject   = "HALO Push, ${var.project_id}: the API does not answer"
    mime_type = "text/markdown"
    content   = file("${path.module}/runbooks/api-down.md")
  }
}
