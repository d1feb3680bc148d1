# A way into a network of one's own, such as to a NAT with a fixed address. Off by default: FCM is reached without.

locals {
  vpc = var.vpc_connector == null ? {} : {
    connector = google_vpc_access_connector.this[0].id
    egress    = var.vpc_connector.all_traffic ? "ALL_TRAFFIC" : "PRIVATE_RANGES_ONLY"
  }
}

resource "google_vpc_access_connector" "this" {
  count = var.vpc_connector == null ? 0 : 1

  name          = "halo-push"
  region        = var.region
  network       = var.vpc_connector.network
  ip_cidr_range = var.vpc_connector.ip_cidr_range
  machine_type  = "e2-micro"
  min_instances = 2
  # What deliver sends at the whole quota is some 100 Mbit/s.
  max_instances = 4

  depends_on = [time_sleep.apis]
}
