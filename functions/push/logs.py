"""Structured logs: one JSON object a line, with the fields that Cloud Logging and Error Reporting read.

A line belongs to the trace of the request that is served, or of the run that is worked on, which keeps the trace of the
request that asked for it. Errors have the form that Error Reporting groups ("Format errors in logs").
"""

import hashlib
import json
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

from pydantic import ValidationError

from push.domain import tracing
from push.domain.tracing import TraceContext

_SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_ERROR = _SEVERITIES.index("ERROR")
_REPORTED = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
_LONGEST_CHAIN = 8

_request: ContextVar[TraceContext | None] = ContextVar("request", default=None)
_followed: ContextVar[TraceContext | None] = ContextVar("followed", default=None)
_lowest = _SEVERITIES.index("INFO")
_project = ""
_service = {"service": "halo-push", "version": "local"}


def set_up(environment: Mapping[str, str]) -> None:
    """Whose lines these are, as Google's platform says it: in a deployment the service and its revision."""
    global _project, _service
    _project = environment.get("GOOGLE_CLOUD_PROJECT", "")
    service = environment.get("K_SERVICE") or environment.get("FUNCTION_TARGET") or "halo-push"
    _service = {"service": service, "version": environment.get("K_REVISION") or "local"}


def set_level(severity: str) -> None:
    global _lowest
    _lowest = _SEVERITIES.index(severity.upper())


def begin_request(headers: Mapping[str, str]) -> None:
    """From here on lines belong to the request's trace; one that brings none gets a new one."""
    _request.set(tracing.of_request(headers.get("traceparent"), headers.get("x-cloud-trace-context")))
    _followed.set(None)


def traceparent() -> str:
    """Of what is being done, to be kept with what comes of it later."""
    return (_followed.get() or _request.get() or tracing.new()).traceparent


def follow(traceparent: str | None) -> None:
    """What remains of the request is for what was asked for by another, and belongs to that one's trace. Without a
    trace (an older release stored none) it stays the request's own."""
    _followed.set(tracing.parse(traceparent))


@contextmanager
def followed(traceparent: str | None) -> Iterator[None]:
    """`follow`, for a while."""
    before = _followed.set(tracing.parse(traceparent) or _followed.get())
    try:
        yield
    finally:
        _followed.reset(before)


def event(name: str, severity: str = "INFO", error: BaseException | str | None = None, **fields: object) -> None:
    """Writes one line. The same event has the same name everywhere; never a secret, a token or a person in a field."""
    level = _SEVERITIES.index(severity)
    if level < _lowest:
        return
    line: dict[str, object] = {"severity": severity, "message": name, **fields}
    raised = isinstance(error, BaseException) and error.__traceback__ is not None
    if isinstance(error, BaseException):
        line["error"] = f"{type(error).__name__}: {_said(error)}"
        if level < _ERROR:
            # A whole stack trace would make an error of it: Error Reporting looks at any line that holds one.
            line["stack"] = "".join(traceback.format_tb(error.__traceback__))
        elif raised:
            line["stack_trace"] = stack_trace(error)
    elif error is not None:
        line["error"] = error
    if level >= _ERROR:
        line["serviceContext"] = _service
        if not raised:
            line |= {"@type": _REPORTED, "context": {"reportLocation": _location(sys._getframe(1))}}
    sys.stderr.write(json.dumps(line | _trace(), ensure_ascii=False, default=str) + "\n")


def _trace() -> dict[str, object]:
    """`request_trace` finds the request, where the line is about what another one asked for."""
    request = _request.get()
    followed = _followed.get()
    context = followed or request
    if context is None:
        return {}
    trace = f"projects/{_project}/traces/{context.trace_id}" if _project else context.trace_id
    fields: dict[str, object] = {
        "logging.googleapis.com/trace": trace,
        "logging.googleapis.com/spanId": context.span_id,
        "logging.googleapis.com/trace_sampled": context.sampled,
    }
    if followed and request and request.trace_id != followed.trace_id:
        fields["request_trace"] = request.trace_id
    return fields


def _location(frame: FrameType) -> dict[str, object]:
    """Where an event that is no exception is grouped by."""
    code = frame.f_code
    return {"filePath": code.co_filename, "lineNumber": frame.f_lineno, "functionName": code.co_qualname}


def stack_trace(error: BaseException) -> str:
    """As `traceback.format_exc` writes it, which Error Reporting parses; but of each error only what may be said."""
    parts: list[str] = []
    each: BaseException | None = error
    while each is not None and len(parts) < 2 * _LONGEST_CHAIN:
        kind = type(each)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        frames = "".join(traceback.format_tb(each.__traceback__))
        said = _said(each)
        parts.append(f"Traceback (most recent call last):\n{frames}{name}{': ' if said else ''}{said}\n")
        cause, context = each.__cause__, None if each.__suppress_context__ else each.__context__
        each = cause or context
        if each is not None:
            parts.append(_CAUSE if cause else _CONTEXT)
    # What is too long a chain is cut before its link.
    return "".join(reversed(parts if len(parts) % 2 else parts[:-1]))


def _said(error: BaseException) -> str:
    """What an error says. Pydantic's quote the values they found wrong, which may be a person's or a phone's."""
    if isinstance(error, ValidationError):
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found[:20])
    return str(error)[:2_000]


def fingerprint(value: str) -> str:
    """A target or alias in a log: enough to tell two apart, nothing to send to."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]
