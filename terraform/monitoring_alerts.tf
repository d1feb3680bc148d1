# Who is woken by what. What to do stands in runbooks/NAME.md, and in the alert itself.

locals {
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  # How many targets came to each end in a quarter of an hour; 0 where the log has none, since a sum of nothing is nothing,
  # and so is whatever it is a part of.
  ended   = { for name in keys(local.outcomes) : name => "(sum(increase(${local.user}targets_${name}_sum${local.of_log}[15m])) or vector(0))" }
  refused = "(${join(" + ", [for name in ["rejected", "misconfigured", "unknown", "expired"] : local.ended[name]])})"
  put_off = "(sum(increase(${local.user}put_off_sum${local.of_log}[15m])) or vector(0))"

  # A query that answers something while there is trouble, for how long it must, and how bad that is.
  alerts = {
    late-sends = {
      title    = "Notifications go out late, or not at all"
      severity = "CRITICAL"
      duration = "0s"
      query    = "histogram_quantile(1, sum by (le) (increase(${local.user}due_to_first_ms_bucket${local.of_log}[10m]))) > 60000 or histogram_quantile(1, sum by (le) (increase(${local.user}not_begun_ms_bucket${local.of_log}[10m]))) > 120000"
    }
    dead-shards = {
      title    = "Shards lose their workers, or get none"
      severity = "ERROR"
      duration = "0s"
      query    = "sum(increase(${local.user}events{monitored_resource=\"cloud_run_revision\",event=~\"shards-rearmed|page-inherited|exchange-died\"}[15m])) > 3"
    }
    halted-schedules = {
      title    = "A notification was halted or expired"
      severity = "ERROR"
      duration = "0s"
      query    = "sum by (app) (increase(${local.user}run_states{monitored_resource=\"cloud_run_revision\",to=~\"halted|failed|expired\"}[10m])) > 0"
    }
    function-errors = {
      title    = "A function fails"
      severity = "CRITICAL"
      duration = "300s"
      query    = "sum by (service_name) (rate(run_googleapis_com:request_count{${local.ours},response_code_class=\"5xx\"}[5m])) / sum by (service_name) (rate(run_googleapis_com:request_count{${local.ours}}[5m])) > 0.05 and sum by (service_name) (increase(run_googleapis_com:request_count{${local.ours},response_code_class=\"5xx\"}[5m])) > 5"
    }
    fcm-errors = {
      title    = "Messages are refused, or lost"
      severity = "ERROR"
      duration = "0s"
      query    = "${local.refused} / (${local.refused} + ${local.ended.accepted}) > 0.1 and ${local.refused} > 20 or ${local.put_off} / (${local.put_off} + ${local.ended.accepted}) > 0.5 and ${local.put_off} > 100"
    }
    quota = {
      title    = "FCM's quota is used up, or nearly"
      severity = "WARNING"
      duration = "300s"
      query    = "${local.queries.quota} > 80 or sum(increase(${local.user}events{monitored_resource=\"cloud_run_revision\",event=\"project-paused\"}[15m])) > 0"
    }
    sweep-silent = {
      title    = "Nothing looks after what is late"
      severity = "CRITICAL"
      # Its first answers are a few minutes on their way.
      duration = "600s"
      query    = "absent_over_time(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"sweep\",response_code_class=\"2xx\"}[5m]) or sum(increase(${local.user}events{monitored_resource=\"cloud_run_revision\",event=\"sweep-failed\"}[10m])) > 5"
    }
    left-undone = {
      title    = "Something failed and was left undone"
      severity = "ERROR"
      duration = "0s"
      query = join(" or ", [
        "sum by (event) (increase(${local.user}events{monitored_resource=\"cloud_run_revision\",event=~\"job-failed|task-malformed|housekeeping-failed|audit-not-kept|misconfigured\"}[15m])) > 0",
        "sum by (event) (increase(${local.user}events{monitored_resource=\"cloud_run_revision\",event=\"job-rearmed\"}[15m])) > 3",
        "sum by (service_name) (increase(logging_googleapis_com:log_entry_count{${local.ours},severity=~\"ERROR|CRITICAL\"}[15m])) > 20",
      ])
    }
    queue-age = {
      title    = "Tasks wait for longer than five minutes"
      severity = "WARNING"
      duration = "600s"
      query    = "histogram_quantile(0.5, sum by (le, queue_id) (rate(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket{monitored_resource=\"cloud_tasks_queue\",queue_id=~\"(send|urgent)${var.queue_suffix}\"}[5m]))) > 300000"
    }
    tokens-reused = {
      title    = "Refresh tokens are used twice"
      severity = "WARNING"
      duration = "0s"
      query    = "sum(increase(${local.user}events{monitored_resource=\"cloud_run_revision\",event=\"refresh-token-reused\"}[1h])) > 20"
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = "HALO Push: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
  # Who leaves is still named by the alerts in that moment.
  force_delete = true

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  display_name          = "HALO Push: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = local.labels

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.duration
      evaluation_interval = "60s"
      # Of some metrics nobody has seen a point yet, and of good ones that may never change.
      disable_metric_validation = true
    }
  }

  documentation {
    subject   = "HALO Push, ${var.project_id}: ${each.value.title}"
    mime_type = "text/markdown"
    content   = file("${path.module}/runbooks/${each.key}.md")
  }

  alert_strategy {
    auto_close = "3600s"
  }

  depends_on = [google_logging_metric.counter, google_logging_metric.distribution, google_cloud_scheduler_job.sweep]
}
