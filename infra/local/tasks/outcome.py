"""What an attempt came to."""

from dataclasses import dataclass

from google.rpc import code_pb2

# google.rpc.Code names the HTTP status that each code maps to.
_CODES = {
    400: code_pb2.INVALID_ARGUMENT,
    401: code_pb2.UNAUTHENTICATED,
    403: code_pb2.PERMISSION_DENIED,
    404: code_pb2.NOT_FOUND,
    409: code_pb2.ABORTED,
    429: code_pb2.RESOURCE_EXHAUSTED,
    499: code_pb2.CANCELLED,
    500: code_pb2.INTERNAL,
    501: code_pb2.UNIMPLEMENTED,
    503: code_pb2.UNAVAILABLE,
    504: code_pb2.DEADLINE_EXCEEDED,
}


@dataclass(frozen=True)
class Outcome:
    """`response` is the worker's HTTP status, None if none came; `code` a google.rpc.Code."""

    response: int | None
    code: int
    reason: str

    @property
    def done(self) -> bool:
        return self.response is not None and 200 <= self.response < 300

    @property
    def overloaded(self) -> bool:
        return self.response in (429, 503)


def answered(status: int) -> Outcome:
    return Outcome(
        status, code_pb2.OK if 200 <= status < 300 else _CODES.get(status, code_pb2.UNKNOWN), f"HTTP {status}"
    )


def unanswered(reason: str) -> Outcome:
    """No connection, or a broken one."""
    return Outcome(None, code_pb2.UNAVAILABLE, reason)


def too_late(seconds: float) -> Outcome:
    return Outcome(None, code_pb2.DEADLINE_EXCEEDED, f"no answer within {seconds:g} s")
