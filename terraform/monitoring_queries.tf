# Questions of Monitoring, in PromQL: the dashboard shows them, alerts are about some.

locals {
  of_log   = "{monitored_resource=\"cloud_run_revision\"}"
  of_queue = "{monitored_resource=\"cloud_tasks_queue\"}"
  user     = "logging_googleapis_com:user_halo_push_"
  ours     = "monitored_resource=\"cloud_run_revision\",service_name=~\"${join("|", keys(local.functions))}\""

  queries = {
    states         = "sum by (to) (increase(${local.user}run_states${local.of_log}[$${__interval}]))"
    events         = "sum by (event) (increase(${local.user}events${local.of_log}[$${__interval}]))"
    requests       = "sum by (service_name, response_code_class) (rate(run_googleapis_com:request_count{${local.ours}}[$${__interval}]))"
    errors_logged  = "sum by (service_name) (increase(logging_googleapis_com:log_entry_count{${local.ours},severity=~\"ERROR|CRITICAL\"}[$${__interval}]))"
    latency        = "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:request_latencies_bucket{${local.ours}}[$${__interval}])))"
    instances      = "sum by (service_name) (run_googleapis_com:container_instance_count{${local.ours}})"
    memory         = "histogram_quantile(0.99, sum by (le, service_name) (rate(run_googleapis_com:container_memory_utilizations_bucket{${local.ours}}[$${__interval}])))"
    depth          = "sum by (queue_id) (cloudtasks_googleapis_com:queue_depth${local.of_queue})"
    age            = "histogram_quantile(0.95, sum by (le, queue_id) (rate(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket${local.of_queue}[$${__interval}])))"
    attempts       = "sum by (queue_id, response_code) (rate(cloudtasks_googleapis_com:queue_task_attempt_count${local.of_queue}[$${__interval}]))"
    quota          = "sum by (firebase_project) (rate(${local.user}quota_ms_sum${local.of_log}[5m])) / 10"
    reads          = "sum(rate(firestore_googleapis_com:document_read_count{monitored_resource=\"firestore_instance\"}[$${__interval}]))"
    writes         = "sum(rate(firestore_googleapis_com:document_write_count{monitored_resource=\"firestore_instance\"}[$${__interval}]))"
    billable       = "sum by (service_name) (rate(run_googleapis_com:container_billable_instance_time{${local.ours}}[$${__interval}]))"
    log_bytes      = "sum(rate(logging_googleapis_com:billing_bytes_ingested[$${__interval}]))"
    tasks_made     = "sum(rate(cloudtasks_googleapis_com:api_request_count[$${__interval}]))"
    due_to_first   = [for quantile in ["0.5", "0.95", "0.99"] : "histogram_quantile(${quantile}, sum by (le) (rate(${local.user}due_to_first_ms_bucket${local.of_log}[$${__interval}])))"]
    due_to_sent    = [for quantile in ["0.5", "0.95"] : "histogram_quantile(${quantile}, sum by (le) (rate(${local.user}sending_ms_bucket${local.of_log}[$${__interval}])))"]
    targets        = [for name in keys(local.outcomes) : "sum(increase(${local.user}targets_${name}_sum${local.of_log}[$${__interval}]))"]
    put_off        = "sum(increase(${local.user}put_off_sum${local.of_log}[$${__interval}]))"
    targets_called = keys(local.outcomes)
  }
}
