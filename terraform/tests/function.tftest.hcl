# One function, as modules/function makes it.

mock_provider "google" {}

variables {
  project_id    = "halo-push-test"
  region        = "europe-west1"
  name          = "work"
  description   = "A function"
  labels        = {}
  source_object = { bucket = "b", name = "functions-1.zip" }
  build         = { service_account = "projects/p/serviceAccounts/build", repository = "projects/p/locations/l/repositories/r" }
  resources     = { memory = "512Mi", cpu = "1", concurrency = 4, min_instances = 0, max_instances = 2, timeout_s = 600 }
  ingress       = "ALLOW_INTERNAL_ONLY"
  environment   = { LOG_LEVEL = "INFO" }
  secrets       = { KEY_PEPPER = { secret = "halo-key-pepper", version = "3" } }
  callers       = { invoker = "serviceAccount:i@p.iam.gserviceaccount.com" }
}

run "private" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = google_cloudfunctions2_function.function.build_config[0].entry_point == "work" && google_cloudfunctions2_function.function.build_config[0].runtime == "python311"
    error_message = "Its entry point has its name."
  }
  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].environment_variables == tomap({ LOG_LEVEL = "INFO", OIDC_AUDIENCE = "https://europe-west1-halo-push-test.cloudfunctions.net/work" })
    error_message = "It is told its settings and its own URL."
  }
  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].secret_environment_variables[0].version == "3" && google_secret_manager_secret_iam_member.reader["KEY_PEPPER"].role == "roles/secretmanager.secretAccessor"
    error_message = "A secret comes from Secret Manager, and it may read that one."
  }
  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY" && { for name, caller in google_cloud_run_v2_service_iam_member.caller : name => caller.member } == { invoker = "serviceAccount:i@p.iam.gserviceaccount.com" }
    error_message = "Nobody but its caller may call it."
  }
  assert {
    condition     = google_service_account.function.account_id == "halo-work"
    error_message = "It has an account of its own."
  }
}

run "more_audiences" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    audiences = ["https://a.run.app", "https://b.run.app", "https://a.run.app"]
  }

  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].environment_variables.OIDC_AUDIENCE == "https://europe-west1-halo-push-test.cloudfunctions.net/work,https://a.run.app,https://b.run.app"
    error_message = "Each audience is named once."
  }
}

run "no_such_ingress" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    ingress = "EVERYBODY"
  }

  expect_failures = [var.ingress]
}

run "address_that_it_knows" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    audiences = ["https://work-1.europe-west1.run.app"]
  }

  override_resource {
    target          = google_cloudfunctions2_function.function
    override_during = plan
    values          = { service_config = { uri = "https://work-1.europe-west1.run.app" } }
  }

  assert {
    condition     = output.audience == "https://work-1.europe-west1.run.app"
    error_message = "Its callers' tokens name its address at run.app."
  }
}

run "address_that_it_does_not_know" {
  command = plan

  module {
    source = "./modules/function"
  }

  override_resource {
    target          = google_cloudfunctions2_function.function
    override_during = plan
    values          = { service_config = { uri = "https://work-1.europe-west1.run.app" } }
  }

  assert {
    condition     = output.audience == "https://europe-west1-halo-push-test.cloudfunctions.net/work"
    error_message = "What it would refuse is not named."
  }
}

run "memory_without_cpu" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    resources = { memory = "8Gi", cpu = "1", concurrency = 4, min_instances = 0, max_instances = 2, timeout_s = 600 }
  }

  expect_failures = [google_cloudfunctions2_function.function]
}

run "cpu_without_memory" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    resources = { memory = "2047Mi", cpu = "4", concurrency = 4, min_instances = 0, max_instances = 2, timeout_s = 600 }
  }

  expect_failures = [google_cloudfunctions2_function.function]
}

run "as_much_as_there_is" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    resources = { memory = "32Gi", cpu = "8", concurrency = 4, min_instances = 2, max_instances = 2, timeout_s = 600 }
  }

  assert {
    condition     = google_cloudfunctions2_function.function.service_config[0].available_memory == "32Gi"
    error_message = "Cloud Run's largest instance is one."
  }
}

run "more_warm_than_there_are" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    resources = { memory = "512Mi", cpu = "1", concurrency = 4, min_instances = 3, max_instances = 2, timeout_s = 600 }
  }

  expect_failures = [google_cloudfunctions2_function.function]
}
