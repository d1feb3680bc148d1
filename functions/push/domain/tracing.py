"""Which lines of the log belong together, across functions: W3C Trace Context, *traceparent*."""

import re
import secrets
from typing import NamedTuple

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_CLOUD = re.compile(r"([0-9a-fA-F]{32})(?:/([0-9]{1,20}))?(?:;o=([0-9]{1,3}))?")
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16


class TraceContext(NamedTuple):
    """`trace_id` is 32 and `span_id` 16 lower-case hex digits, neither all zeros."""

    trace_id: str
    span_id: str
    sampled: bool = False

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{int(self.sampled):02x}"


def parse(traceparent: str | None) -> TraceContext | None:
    """None for what is malformed. A later version is read as far as this one goes, as the standard asks."""
    found = _TRACEPARENT.fullmatch((traceparent or "").strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & 1))


def parse_cloud(header: str | None) -> TraceContext | None:
    """Google's older X-Cloud-Trace-Context, `TRACE/SPAN;o=1`, whose span is decimal. None for what is malformed."""
    found = _CLOUD.fullmatch((header or "").strip())
    if found is None or found[1] == _NO_TRACE:
        return None
    span = int(found[2] or 0)
    return TraceContext(found[1].lower(), f"{span:016x}" if 0 < span < 2**64 else _span(), found[3] == "1")


def of_request(traceparent: str | None, cloud: str | None) -> TraceContext:
    """What a request's headers say, the standard's before Google's own; a new trace where neither says anything."""
    return parse(traceparent) or parse_cloud(cloud) or new()


def new() -> TraceContext:
    return TraceContext(secrets.token_hex(16), _span())


def _span() -> str:
    return secrets.token_hex(8)
