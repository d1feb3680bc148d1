"""A task as a client hands it in: what is refused, and what is filled in before it is kept."""

from datetime import timedelta

import httpx
from google.cloud import tasks_v2

from infra.local.tasks import headers, names
from infra.local.tasks.clock import SECOND_US, duration_us, to_datetime, to_us
from infra.local.tasks.queues import complete_retries
from infra.local.tasks.refusal import INVALID, UNSUPPORTED, Refusal

MAX_BYTES = 1024 * 1024  # Quotas, *Maximum task size*; the client's docstring still says 100 KB
MAX_URL = 2083
MAX_AHEAD_US = 30 * 86_400 * SECOND_US  # Quotas, *Maximum schedule time for a task*
DEADLINE, SHORTEST, LONGEST = timedelta(minutes=10), timedelta(seconds=15), timedelta(minutes=30)

_WITH_BODY = {tasks_v2.HttpMethod.POST, tasks_v2.HttpMethod.PUT, tasks_v2.HttpMethod.PATCH}
_KEPT = ("name", "http_request", "schedule_time", "dispatch_deadline", "retry_config")


def complete(task: tasks_v2.Task, queue_name: str, now_us: int) -> tasks_v2.Task:
    """The task as it is kept, with name, times and defaults. Raises `Refusal` as the service would."""
    if "app_engine_http_request" in task:
        raise Refusal(UNSUPPORTED, "This emulator has no App Engine: create the task with http_request.")
    if "http_request" not in task:
        raise Refusal(INVALID, "A task needs an http_request.")
    if tasks_v2.Task.pb(task).ByteSize() > MAX_BYTES:
        raise Refusal(INVALID, "Task size too large: a task may have at most 1 MB.")
    kept = tasks_v2.Task({field: getattr(task, field) for field in _KEPT if field in task})
    kept.name = _name(task.name, queue_name)
    kept.schedule_time = to_datetime(_due_us(task, now_us))
    kept.create_time = to_datetime(now_us - now_us % SECOND_US)  # "truncated to the nearest second"
    kept.dispatch_deadline = _deadline(task)
    if "retry_config" in task:
        kept.retry_config = complete_retries(task.retry_config)
    kept.http_request = _request(task.http_request)
    return kept


def _name(name: str, queue_name: str) -> str:
    if not name:
        return names.new_task(queue_name)
    if names.parent(names.task(name)) != queue_name:
        raise Refusal(INVALID, f"The task's name {name!r} is not in the queue {queue_name!r} that it is created in.")
    return name


def _due_us(task: tasks_v2.Task, now_us: int) -> int:
    wanted_us = to_us(task.schedule_time) if "schedule_time" in task else now_us
    if wanted_us > now_us + MAX_AHEAD_US:
        raise Refusal(INVALID, "schedule_time is too far in the future: it may be at most 30 days (720 h) from now.")
    return max(wanted_us, now_us)


def _deadline(task: tasks_v2.Task) -> timedelta:
    deadline: timedelta = task.dispatch_deadline if "dispatch_deadline" in task else DEADLINE
    if not SHORTEST <= deadline <= LONGEST:
        raise Refusal(INVALID, "dispatch_deadline must be from 15 seconds to 30 minutes.")
    return timedelta(milliseconds=duration_us(deadline) // 1000)  # "truncated to the nearest millisecond"


def _request(request: tasks_v2.HttpRequest) -> tasks_v2.HttpRequest:
    _check_url(request.url)
    headers.check(request.headers)
    request.http_method = request.http_method or tasks_v2.HttpMethod.POST
    if request.body and request.http_method not in _WITH_BODY:
        raise Refusal(INVALID, "Only POST, PUT and PATCH requests may have a body.")
    if "oauth_token" in request:
        raise Refusal(UNSUPPORTED, "This emulator mints no OAuth tokens: use oidc_token.")
    if "oidc_token" in request and not request.oidc_token.service_account_email:
        raise Refusal(INVALID, "http_request.oidc_token needs a service_account_email.")
    return request


def _check_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise Refusal(INVALID, "http_request.url must begin with http:// or https://.")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refusal(INVALID, f"http_request.url is not a URL: {error}.") from error
    if not parsed.host or len(str(parsed)) > MAX_URL:
        raise Refusal(INVALID, f"http_request.url must name a host and have at most {MAX_URL} characters.")
