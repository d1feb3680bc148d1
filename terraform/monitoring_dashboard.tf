# One page: is it sending, is it on time, what becomes of it, what waits, what fails, what it costs.

locals {
  # Where a query answers many lines, they are named by its labels.
  charts = [
    { title = "Notifications, by the state they passed into", unit = "1", queries = { "" = local.queries.states } },
    { title = "Targets, by what became of them", unit = "1", queries = merge(zipmap(local.queries.targets_called, local.queries.targets), { put_off = local.queries.put_off }) },
    { title = "From a notification's time to the first call of FCM (50, 95, 99 %)", unit = "ms", queries = zipmap(["50 %", "95 %", "99 %"], local.queries.due_to_first) },
    { title = "From the beginning of sending until all have an outcome (50, 95 %)", unit = "ms", queries = zipmap(["50 %", "95 %"], local.queries.due_to_sent) },
    { title = "FCM's quota in use, % of each Firebase project's own", unit = "%", queries = { "" = local.queries.quota } },
    { title = "What had to be mended, was lost, or wants a look", unit = "1", queries = { "" = local.queries.events } },
    { title = "Tasks that wait", unit = "1", queries = { "" = local.queries.depth } },
    { title = "How late tasks are handed out (95 %)", unit = "ms", queries = { "" = local.queries.age } },
    { title = "Attempts of tasks, by answer", unit = "1/s", queries = { "" = local.queries.attempts } },
    { title = "Requests, by answer", unit = "1/s", queries = { "" = local.queries.requests } },
    { title = "Errors in the log", unit = "1", queries = { "" = local.queries.errors_logged } },
    { title = "How long requests take (95 %)", unit = "ms", queries = { "" = local.queries.latency } },
    { title = "Instances", unit = "1", queries = { "" = local.queries.instances } },
    { title = "Memory in use (99 %)", unit = "10^2.%", queries = { "" = local.queries.memory } },
    { title = "Cost: documents read and written", unit = "1/s", queries = { "read" = local.queries.reads, "written" = local.queries.writes } },
    { title = "Cost: instances that are paid for", unit = "s/s", queries = { "" = local.queries.billable } },
    { title = "Cost: calls of Cloud Tasks", unit = "1/s", queries = { "calls" = local.queries.tasks_made } },
    { title = "Cost: log, bytes taken in", unit = "By/s", queries = { "bytes" = local.queries.log_bytes } },
  ]
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode({
    displayName = "HALO Push"
    mosaicLayout = {
      columns = 48
      tiles = [
        # Monitoring answers no position that is 0, and every plan would say it anew.
        for at, chart in local.charts : merge(
          at % 2 == 0 ? {} : { xPos = 24 },
          at < 2 ? {} : { yPos = floor(at / 2) * 14 },
          {
            width  = 24
            height = 14
            widget = {
              title = chart.title
              xyChart = {
                chartOptions = { mode = "COLOR" }
                yAxis        = { scale = "LINEAR" }
                dataSets = [
                  for legend, query in chart.queries : merge(
                    {
                      plotType   = "LINE"
                      targetAxis = "Y1"
                      timeSeriesQuery = {
                        prometheusQuery = query
                        unitOverride    = chart.unit
                      }
                    },
                    legend == "" ? {} : { legendTemplate = legend },
                  )
                ]
              }
            }
          },
        )
      ]
    }
  })

  depends_on = [google_logging_metric.counter, google_logging_metric.distribution]
}
