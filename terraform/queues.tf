# Four queues. Address and identity are the queue's, so a task that one release made calls the next one's function.

locals {
  # Messages a second that FCM takes.
  fcm_per_second = var.fcm_quota_per_minute / 60

  # What a queue hands out in a second at most (500 is Cloud Tasks' own limit), and what may be under way.
  #   deliver: a shard for each 1,000 messages, the least that a shard of leftovers holds, and as many as there are places.
  #   urgent:  notifications for one person each, from the tenth of the quota that is kept for them.
  #   send:    each of those begins there; what send does is mostly waiting.
  #   work:    jobs can wait.
  queues = {
    send    = { function = "send", per_second = local.urgent_per_second, at_once = 50 }
    deliver = { function = "deliver", per_second = min(500, max(1, ceil(local.fcm_per_second / 1000))), at_once = local.deliver_instances * local.shards_at_once }
    urgent  = { function = "deliver", per_second = local.urgent_per_second, at_once = local.deliver_instances * local.urgent_at_once }
    work    = { function = "work", per_second = 5, at_once = 4 }
  }
  urgent_per_second = min(500, max(1, ceil(local.fcm_per_second / 10)))

  # Who makes tasks of which queue (functions/push/usecases: arm_run, arm_shard, start_job,
  # work_job, sweep_*): work goes on where one call of sweep ended.
  enqueuers = {
    send    = ["api", "send", "deliver", "sweep", "work", "ingest"]
    deliver = ["send", "deliver", "sweep", "work"]
    urgent  = ["send", "deliver", "sweep", "work"]
    work    = ["api", "sweep", "work", "ingest"]
  }
  enqueuing = { for pair in flatten([for queue, names in local.enqueuers : [for name in names : { queue = queue, name = name }]]) : "${pair.name} ${pair.queue}" => pair }
}

resource "google_cloud_tasks_queue" "this" {
  for_each = local.queues

  name     = "${each.key}${var.queue_suffix}"
  location = var.region

  rate_limits {
    max_dispatches_per_second = each.value.per_second
    max_concurrent_dispatches = each.value.at_once
  }

  # After that the task is gone, and sweep makes another.
  retry_config {
    max_attempts  = 100
    min_backoff   = "1s"
    max_backoff   = "10s"
    max_doublings = 4
  }

  http_target {
    http_method = "POST"

    uri_override {
      scheme                    = "HTTPS"
      host                      = trimprefix(module.function[each.value.function].uri, "https://")
      uri_override_enforce_mode = "ALWAYS"

      path_override {
        path = "/"
      }
    }

    oidc_token {
      service_account_email = google_service_account.this["invoker"].email
      audience              = module.function[each.value.function].audience
    }
  }

  # One in a hundred: what became of tasks is in the functions' own log.
  stackdriver_logging_config {
    sampling_ratio = 0.01
  }
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = local.enqueuing

  name     = google_cloud_tasks_queue.this[each.value.queue].name
  location = var.region
  role     = "roles/cloudtasks.enqueuer"
  member   = local.members[each.value.name]
}

# GET api/status tells how much waits.
resource "google_cloud_tasks_queue_iam_member" "viewer" {
  for_each = local.queues

  name     = google_cloud_tasks_queue.this[each.key].name
  location = var.region
  role     = "roles/cloudtasks.viewer"
  member   = local.members["api"]
}

# Cloud Tasks asks for iam.serviceAccounts.actAs on the account whose tokens a task is sent with, and does not document
# that a queue's own account is excepted. All that this account may do is call the four functions, as such tasks do.
resource "google_service_account_iam_member" "enqueuer" {
  for_each = toset(distinct(flatten(values(local.enqueuers))))

  service_account_id = google_service_account.this["invoker"].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.members[each.value]
}
