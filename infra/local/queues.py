"""The queues, as Terraform makes them in a deployment: URL and identity come from the queue, never from a task."""

from datetime import timedelta

from google.api_core.exceptions import NotFound
from google.cloud import tasks_v2

from infra.local.ports import HOST
from push.settings import Settings

# As many shards as one process of deliver takes (push/entrypoints/deliver.py). What send does is mostly waiting, so
# there may be many: an urgent one must not stand behind broadcasts. Work can wait.
_CONCURRENT = {"send": 50, "deliver": 8, "urgent": 4, "work": 4}


async def make_queues(client: tasks_v2.CloudTasksAsyncClient, settings: Settings, ports: dict[str, int]) -> None:
    """Create the queues of `ports` (queue to port of its function), or bring those that exist up to date."""
    location = f"projects/{settings.google_cloud_project}/locations/{settings.tasks_location}"
    names = {
        "send": settings.send_queue,
        "deliver": settings.deliver_queue,
        "urgent": settings.urgent_queue,
        "work": settings.work_queue,
    }
    concurrent = {names[what]: most for what, most in _CONCURRENT.items()}
    for name, port in ports.items():
        wanted = queue(f"{location}/queues/{name}", port, concurrent[name], settings)
        try:
            await client.get_queue(name=wanted.name)
        except NotFound:
            await client.create_queue(parent=location, queue=wanted)
        else:
            await client.update_queue(queue=wanted)


def queue(name: str, port: int, concurrent: int, settings: Settings) -> tasks_v2.Queue:
    uri = tasks_v2.UriOverride
    return tasks_v2.Queue(
        name=name,
        rate_limits=tasks_v2.RateLimits(max_concurrent_dispatches=concurrent),
        retry_config=tasks_v2.RetryConfig(
            max_attempts=100, min_backoff=timedelta(seconds=1), max_backoff=timedelta(seconds=10)
        ),
        http_target=tasks_v2.HttpTarget(
            uri_override=uri(
                scheme=uri.Scheme.HTTP,
                host=HOST,
                port=port,
                path_override=tasks_v2.PathOverride(path="/"),
                uri_override_enforce_mode=uri.UriOverrideEnforceMode.ALWAYS,
            ),
            http_method=tasks_v2.HttpMethod.POST,
            oidc_token=tasks_v2.OidcToken(service_account_email=settings.invoker, audience=settings.oidc_audience[0]),
        ),
    )
