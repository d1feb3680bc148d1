# Six functions from one archive. What each has, who calls it, and what it is told.

locals {
  labels = merge(var.labels, { app = "halo-push" })

  queue_names = {
    SEND_QUEUE    = "send${var.queue_suffix}"
    DELIVER_QUEUE = "deliver${var.queue_suffix}"
    URGENT_QUEUE  = "urgent${var.queue_suffix}"
    WORK_QUEUE    = "work${var.queue_suffix}"
  }

  # Messages a minute that one process is reckoned with where FCM answers as it usually does: 2,500 a second. It was measured
  # to send more (README, Speed: eight shards, each with a page that waits for the slowest of 500 answers).
  messages_per_instance = 150000
  deliver_instances     = max(1, ceil(var.fcm_quota_per_minute / local.messages_per_instance))
  # Places of one process (functions/push/entrypoints/process.py).
  shards_at_once = 8
  urgent_at_once = 4

  # A function that serves several requests at once needs a whole CPU. 140 MiB is what deliver has at its peak. Cloud Tasks
  # gives up an attempt after 10 minutes, so a longer timeout would only let attempts overlap.
  functions = {
    api = {
      description = "HALO's API, public"
      resources   = { memory = "512Mi", cpu = "1", concurrency = 80, max_instances = 20, timeout_s = 60 }
      secrets     = ["TOKEN_KEYS", "KEY_PEPPER"]
    }
    send = {
      description = "At a notification's time: estimates the audience and cuts it into shards"
      resources   = { memory = "512Mi", cpu = "1", concurrency = 25, max_instances = 4, timeout_s = 600 }
      secrets     = ["KEY_PEPPER"]
    }
    deliver = {
      description = "Sends shards, to FCM and Amazon SNS, and keeps the ledger"
      resources = {
        memory        = "512Mi"
        cpu           = "1"
        concurrency   = local.shards_at_once + local.urgent_at_once
        max_instances = local.deliver_instances
        timeout_s     = 600
      }
      secrets = concat(["KEY_PEPPER"], keys(local.aws_secrets))
    }
    sweep = {
      description = "Each minute: whatever is due and not moving"
      resources   = { memory = "512Mi", cpu = "1", concurrency = 4, max_instances = 1, timeout_s = 60 }
      secrets     = ["KEY_PEPPER"]
    }
    work = {
      description = "Background jobs, a bounded piece at a time"
      resources   = { memory = "512Mi", cpu = "1", concurrency = 4, max_instances = 2, timeout_s = 600 }
      secrets     = concat(["KEY_PEPPER"], keys(local.aws_secrets))
    }
    ingest = {
      description = "Whatever people write in the Firebase console"
      resources   = { memory = "512Mi", cpu = "1", concurrency = 20, max_instances = 5, timeout_s = 60 }
      secrets     = ["KEY_PEPPER"]
    }
  }

  resources = {
    for name, function in local.functions : name => {
      memory        = coalesce(try(var.functions[name].memory, null), function.resources.memory)
      cpu           = coalesce(try(var.functions[name].cpu, null), function.resources.cpu)
      concurrency   = function.resources.concurrency
      min_instances = try(coalesce(var.functions[name].min_instances, 0), 0)
      max_instances = coalesce(try(var.functions[name].max_instances, null), function.resources.max_instances)
      timeout_s     = function.resources.timeout_s
    }
  }

  # Every setting of the code, but those of the local stack and K_REVISION, which Cloud Run sets. What is null is not set.
  # Nor is an empty text, to the code: no origin at all is one that no browser has.
  environment = {
    GOOGLE_CLOUD_PROJECT  = var.project_id
    TASKS_LOCATION        = var.region
    SEND_QUEUE            = local.queue_names.SEND_QUEUE
    DELIVER_QUEUE         = local.queue_names.DELIVER_QUEUE
    URGENT_QUEUE          = local.queue_names.URGENT_QUEUE
    WORK_QUEUE            = local.queue_names.WORK_QUEUE
    FCM_QUOTA_PER_MINUTE  = var.fcm_quota_per_minute
    DELIVER_INSTANCES     = local.deliver_instances
    OWN_PROXIES           = var.custom_domain == null ? 0 : 1
    SNS_REGION            = try(var.sns.region, null)
    OIDC_CERTS_URL        = var.settings.oidc_certs_url
    SERVICE_ACCOUNTS      = var.settings.service_accounts == null ? null : jsonencode(var.settings.service_accounts)
    API_AUDIENCE          = join(",", coalesce(var.settings.api_audience, local.api_urls))
    FIREBASE_AUTH_PROJECT = var.settings.firebase_auth_project
    FIREBASE_ROLE_CLAIM   = var.settings.firebase_role_claim
    FCM_ENDPOINT          = var.settings.fcm_endpoint
    FCM_RAMP_S            = var.settings.fcm_ramp_s
    FCM_RAMP_ABOVE        = var.settings.fcm_ramp_above
    FCM_TIMEOUT_S         = var.settings.fcm_timeout_s
    SNS_ENDPOINT          = var.settings.sns_endpoint
    SNS_PER_SECOND        = var.settings.sns_per_second
    SNS_TIMEOUT_S         = var.settings.sns_timeout_s
    LEASE_S               = var.settings.lease_s
    KEEP_DAYS             = var.settings.keep_days
    ALLOWED_ORIGINS       = var.settings.allowed_origins == null ? null : join(",", length(var.settings.allowed_origins) == 0 ? ["none"] : var.settings.allowed_origins)
    LOG_LEVEL             = var.settings.log_level
  }
  told = { for name, value in local.environment : name => tostring(value) if value != null }

  # Only api signs and reads tokens; the others have the setting, and no key in it.
  no_keys = { TOKEN_KEYS = "{}" }

  # Whose tokens the functions that are not public take.
  invokers = { for name in keys(local.functions) : name => google_service_account.this[name == "ingest" ? "events" : "invoker"] if name != "api" }

  built_by = {
    service_account = google_service_account.this["build"].id
    repository      = google_artifact_registry_repository.functions.id
  }
  archive = { bucket = google_storage_bucket.source.name, name = google_storage_bucket_object.source.name }
  members = merge({ for name, function in module.function : name => function.member }, { api = module.api.member })
}

# All but api, whose address they need (audiences.tf).
module "function" {
  for_each = { for name, function in local.functions : name => function if name != "api" }
  source   = "./modules/function"

  project_id    = var.project_id
  region        = var.region
  name          = each.key
  description   = each.value.description
  labels        = local.labels
  source_object = local.archive
  build         = local.built_by
  resources     = local.resources[each.key]
  kms_key       = local.regional_key
  vpc           = local.vpc
  ingress       = "ALLOW_INTERNAL_ONLY"
  audiences     = local.audiences[each.key]
  callers       = { invoker = local.invokers[each.key].member }
  environment   = merge(local.told, local.no_keys, { INVOKER = local.invokers[each.key].email })
  secrets       = local.secrets_of[each.key]

  depends_on = [
    time_sleep.roles,
    google_firestore_index.composite,
    google_secret_manager_secret_version.first_token_keys,
    google_secret_manager_secret_version.pepper,
  ]
}
