# A domain of one's own for the API: one address, a certificate that renews itself, and Cloud Armor. The function itself
# then takes calls from this load balancer alone, so nobody gets around the limits.

locals {
  lb = var.custom_domain[*]

  # Tried in this order. Limits count by address; a login or a registration of phones has a lower one, beside those of the
  # API itself (README, Decisions).
  armor_rules = var.custom_domain == null ? {} : {
    log4j = {
      priority = 100, action = "deny(403)", expression = "evaluatePreconfiguredWaf('cve-canary')", per_minute = null
    }
    tokens = {
      priority = 200, action = "throttle", expression = "request.path.matches('/oauth/token/?$')", per_minute = var.custom_domain.token_requests_per_minute
    }
    everything = {
      priority = 300, action = "throttle", expression = "true", per_minute = var.custom_domain.requests_per_minute
    }
  }
}

resource "google_compute_global_address" "api" {
  count = length(local.lb)

  name = "halo-push-api"

  depends_on = [time_sleep.apis]
}

resource "google_compute_region_network_endpoint_group" "api" {
  count = length(local.lb)

  name                  = "halo-push-api"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = module.api.service
  }
}

resource "google_compute_security_policy" "api" {
  #checkov:skip=CKV_GCP_73:the first of local.armor_rules does that; checkov does not look into dynamic blocks
  count = length(local.lb)

  name        = "halo-push-api"
  description = "Limits for each address that calls the API"

  dynamic "rule" {
    for_each = local.armor_rules

    content {
      action      = rule.value.action
      priority    = rule.value.priority
      description = rule.key

      match {
        expr {
          expression = rule.value.expression
        }
      }

      dynamic "rate_limit_options" {
        for_each = rule.value.per_minute[*]

        content {
          conform_action = "allow"
          exceed_action  = "deny(429)"
          enforce_on_key = "IP"

          rate_limit_threshold {
            count        = rate_limit_options.value
            interval_sec = 60
          }
        }
      }
    }
  }

  rule {
    action      = "allow"
    priority    = 2147483647
    description = "default"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_compute_backend_service" "api" {
  count = length(local.lb)

  name                  = "halo-push-api"
  protocol              = "HTTPS"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  security_policy       = google_compute_security_policy.api[0].id

  backend {
    group = google_compute_region_network_endpoint_group.api[0].id
  }

  log_config {
    enable      = true
    sample_rate = 0.01
  }
}

resource "google_compute_url_map" "api" {
  count = length(local.lb)

  name            = "halo-push-api"
  default_service = google_compute_backend_service.api[0].id
}

resource "google_compute_managed_ssl_certificate" "api" {
  count = length(local.lb)

  # A certificate cannot change: another domain is another one.
  name = "halo-push-${substr(sha256(var.custom_domain.domain), 0, 8)}"

  managed {
    domains = [var.custom_domain.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [time_sleep.apis]
}

resource "google_compute_ssl_policy" "api" {
  count = length(local.lb)

  name            = "halo-push-api"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [time_sleep.apis]
}

resource "google_compute_target_https_proxy" "api" {
  count = length(local.lb)

  name             = "halo-push-api"
  url_map          = google_compute_url_map.api[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.api[0].id]
  ssl_policy       = google_compute_ssl_policy.api[0].id
}

# HTTPS only: a phone that is told to go elsewhere has sent its token in the clear already.
resource "google_compute_global_forwarding_rule" "api" {
  count = length(local.lb)

  name                  = "halo-push-api"
  target                = google_compute_target_https_proxy.api[0].id
  ip_address            = google_compute_global_address.api[0].id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  labels                = local.labels
}
