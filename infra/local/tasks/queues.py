"""A queue's settings: what is allowed, what is meant when nothing is said, and how a part of them is changed."""

import re
from datetime import timedelta

from google.cloud import tasks_v2
from google.protobuf import field_mask_pb2

from infra.local.tasks import headers, names
from infra.local.tasks.rates import burst
from infra.local.tasks.refusal import INVALID, UNSUPPORTED, Refusal

# Cloud Tasks, *Configure queue routing, limits, and retries*: the defaults of a queue made with no flags.
RATE, CONCURRENT = 500.0, 1000
ATTEMPTS, DOUBLINGS = 100, 16
MIN_BACKOFF, MAX_BACKOFF = timedelta(seconds=0.1), timedelta(hours=1)
MAX_RATE, MAX_CONCURRENT = 500.0, 5000

_OUTPUT_ONLY = ("name", "state", "purge_time")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_PRINTABLE = re.compile(r"[\x21-\x7e]*")
_EVERYTHING = field_mask_pb2.FieldMask()


def complete(queue: tasks_v2.Queue) -> tasks_v2.Queue:
    """The queue with every open setting at its default. Raises `Refusal` for what the service would not accept."""
    names.queue(queue.name)
    if "app_engine_routing_override" in queue:
        raise Refusal(UNSUPPORTED, "This emulator has no App Engine: leave app_engine_routing_override out.")
    limits = queue.rate_limits
    limits.max_dispatches_per_second = limits.max_dispatches_per_second or RATE
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or CONCURRENT
    if not 0 < limits.max_dispatches_per_second <= MAX_RATE:
        raise Refusal(INVALID, f"rate_limits.max_dispatches_per_second must be more than 0 and at most {MAX_RATE:g}.")
    if not 1 <= limits.max_concurrent_dispatches <= MAX_CONCURRENT:
        raise Refusal(INVALID, f"rate_limits.max_concurrent_dispatches must be from 1 to {MAX_CONCURRENT}.")
    limits.max_burst_size = int(burst(limits.max_dispatches_per_second))
    queue.rate_limits = limits
    queue.retry_config = complete_retries(queue.retry_config)
    if "http_target" in queue:
        _check_target(queue.http_target)
    return queue


def complete_retries(config: tasks_v2.RetryConfig) -> tasks_v2.RetryConfig:
    """The retry settings of a queue or a task with defaults filled in. A 0 is the wire's "not set"."""
    config.max_attempts = config.max_attempts or ATTEMPTS
    config.max_doublings = config.max_doublings or DOUBLINGS
    config.min_backoff = config.min_backoff or MIN_BACKOFF
    config.max_backoff = config.max_backoff or MAX_BACKOFF
    config.max_retry_duration = config.max_retry_duration or timedelta()
    if config.max_attempts < -1:
        raise Refusal(INVALID, "retry_config.max_attempts must be -1 (unlimited) or more.")
    if config.max_doublings < 0 or config.max_retry_duration < timedelta() or config.min_backoff < timedelta():
        raise Refusal(INVALID, "retry_config: max_doublings and durations must not be negative.")
    if config.min_backoff > config.max_backoff:
        raise Refusal(INVALID, "retry_config.min_backoff must not be longer than max_backoff.")
    return config


def changed(
    current: tasks_v2.Queue, wanted: tasks_v2.Queue, mask: field_mask_pb2.FieldMask = _EVERYTHING
) -> tasks_v2.Queue:
    """`current` with the fields of `mask` taken from `wanted`; an empty mask means all of them.

    Output-only fields are ignored, as the service does (`UpdateQueueRequest.queue`).
    """
    descriptor = tasks_v2.Queue.pb().DESCRIPTOR
    for path in mask.paths:
        if not field_mask_pb2.FieldMask(paths=[path]).IsValidForDescriptor(descriptor):
            raise Refusal(INVALID, f"update_mask: a queue has no field {path!r}.")
    paths = [path for path in mask.paths or descriptor.fields_by_name if path.split(".")[0] not in _OUTPUT_ONLY]
    result = tasks_v2.Queue(current)
    field_mask_pb2.FieldMask(paths=paths).MergeMessage(
        tasks_v2.Queue.pb(wanted), tasks_v2.Queue.pb(result), replace_message_field=True, replace_repeated_field=True
    )
    return complete(result)


def _check_target(target: tasks_v2.HttpTarget) -> None:
    uri = target.uri_override
    if "host" in uri and not _HOST.fullmatch(uri.host):
        raise Refusal(INVALID, "http_target.uri_override.host must be a host's name or address and nothing else.")
    if not _PRINTABLE.fullmatch(uri.path_override.path + uri.query_override.query_params):
        raise Refusal(INVALID, "http_target.uri_override: path and query must be encoded.")
    if "port" in uri and not 0 <= uri.port <= 65_535:
        raise Refusal(INVALID, "http_target.uri_override.port must be a port, or 0 to clear the port.")
    headers.check({override.header.key: override.header.value for override in target.header_overrides})
    if "oauth_token" in target:
        raise Refusal(UNSUPPORTED, "This emulator mints no OAuth tokens: use oidc_token.")
    token = target.oidc_token
    if "oidc_token" in target and not (token.service_account_email and token.audience):
        # `HttpTarget.oidc_token`: "both the service account email and the audience MUST be specified".
        raise Refusal(INVALID, "http_target.oidc_token needs both service_account_email and audience.")
