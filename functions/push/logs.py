"""Structured logs: one JSON object a line, with the fields Cloud Logging reads (severity, message, trace, labels)."""

import hashlib
import json
import sys
import traceback
from contextvars import ContextVar

from pydantic import ValidationError

_SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_trace: ContextVar[str | None] = ContextVar("trace", default=None)
_lowest = _SEVERITIES.index("INFO")


def set_level(severity: str) -> None:
    global _lowest
    _lowest = _SEVERITIES.index(severity.upper())


def set_trace(trace: str | None) -> None:
    """The trace of the request being served, as `projects/PROJECT/traces/ID`."""
    _trace.set(trace)


def event(name: str, severity: str = "INFO", error: BaseException | str | None = None, **fields: object) -> None:
    """Writes one line. The same event has the same name everywhere; never a secret, a token or a person in a field."""
    if _SEVERITIES.index(severity) < _lowest:
        return
    line: dict[str, object] = {"severity": severity, "message": name, **fields}
    if isinstance(error, BaseException):
        line["error"] = f"{type(error).__name__}: {_said(error)}"
        line["stack"] = "".join(traceback.format_tb(error.__traceback__))
    elif error is not None:
        line["error"] = error
    if trace := _trace.get():
        line["logging.googleapis.com/trace"] = trace
    sys.stderr.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def _said(error: BaseException) -> str:
    """What an error says. Pydantic's quote the values they found wrong, which may be a person's or a phone's."""
    if isinstance(error, ValidationError):
        found = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found[:20])
    return str(error)[:2_000]


def fingerprint(value: str) -> str:
    """A target or alias in a log: enough to tell two apart, nothing to send to."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]
