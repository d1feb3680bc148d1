"""The HTTP request of an attempt: what the task says, overridden by what its queue says at this moment."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from google.cloud import tasks_v2

from infra.local.tasks import headers, names
from infra.local.tasks.stored_task import StoredTask

Minter = Callable[[str, str], str]
"""Answers an ID token for an audience and a service account's email."""

_Mode = tasks_v2.UriOverride.UriOverrideEnforceMode
_WITH_BODY = {"POST", "PUT", "PATCH"}


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def request(stored: StoredTask, queue: tasks_v2.Queue, mint: Minter) -> Request:
    """What is sent for this attempt. A queue's `http_target` rules tasks old and new (Cloud Tasks, *Configure
    queue-level routing*: "tasks that are in the queue" as well as those added later)."""
    asked, target = stored.message.http_request, queue.http_target
    method = tasks_v2.HttpMethod(target.http_method or asked.http_method).name
    url = _url(asked.url, target.uri_override) if "uri_override" in target else asked.url
    sent = headers.own(asked.headers)
    sent |= headers.own({override.header.key: override.header.value for override in target.header_overrides})
    sent.setdefault("content-type", "application/octet-stream")
    token = target.oidc_token if "oidc_token" in target else asked.oidc_token
    if token.service_account_email:
        sent["authorization"] = f"Bearer {mint(token.audience or url, token.service_account_email)}"
    sent |= _about(stored)
    return Request(method, url, sent, asked.body if method in _WITH_BODY else b"")


def _about(stored: StoredTask) -> dict[str, str]:
    """The headers a worker knows its task by (Cloud Tasks, *Create HTTP target tasks*, *Task request headers*)."""
    about = {
        "user-agent": "Google-Cloud-Tasks",
        "x-cloudtasks-queuename": names.short(names.parent(stored.name)),
        "x-cloudtasks-taskname": names.short(stored.name),
        "x-cloudtasks-taskretrycount": str(stored.dispatches - 1),
        "x-cloudtasks-taskexecutioncount": str(stored.executions),
        "x-cloudtasks-tasketa": f"{stored.due_us / 1e6:.6f}",
    }
    if stored.previous_response:
        about["x-cloudtasks-taskpreviousresponse"] = str(stored.previous_response)
    if stored.retry_reason:
        about["x-cloudtasks-taskretryreason"] = stored.retry_reason
    return about


def _url(url: str, override: tasks_v2.UriOverride) -> str:
    """The task's URL with the parts that the queue replaces (Cloud Tasks API, `UriOverride`)."""
    parsed = httpx.URL(url)
    path, _, query = parsed.raw_path.decode().partition("?")
    always = override.uri_override_enforce_mode != _Mode.IF_NOT_EXISTS  # a task's scheme and host always exist
    scheme, host, port = parsed.scheme, parsed.host, parsed.port
    if "scheme" in override and always:
        scheme = "http" if override.scheme == tasks_v2.UriOverride.Scheme.HTTP else "https"
    if "host" in override and always:
        host = override.host
    if "port" in override and (always or port is None):
        port = override.port or None
    if "path_override" in override and (always or path in ("", "/")):
        path = "/" + override.path_override.path.removeprefix("/")
    if "query_override" in override and (always or not query):
        query = override.query_override.query_params
    raw_path = f"{path}?{query}" if query else path
    return str(parsed.copy_with(scheme=scheme, host=host, port=port, raw_path=raw_path.encode()))
