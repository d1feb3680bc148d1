"""What can go wrong, as callers see it.

PushError
├── Malformed             400  the request cannot be read at all
├── Unauthenticated       401  no token
│   └── BadToken          401  one that is unknown or expired
├── Forbidden             403  a good token without the right
├── NotFound              404
├── MethodNotAllowed      405
├── Conflict              409  right request, wrong moment
├── PreconditionFailed    412  somebody else changed it since it was read
├── TooLarge              413
├── UnsupportedMediaType  415
├── Invalid               422  readable, but a field is wrong
├── TooManyRequests       429
├── Misconfigured         500  a setting of the deployment is missing or wrong
└── Unavailable           503  a service that we need does not answer

Stale is not for callers: a guarded write found that another hand had written first.
"""

from collections.abc import Sequence
from typing import NamedTuple


class FieldError(NamedTuple):
    """One wrong field: a JSON pointer (RFC 6901) into the request body, and a sentence."""

    pointer: str
    message: str


class PushError(Exception):
    """An error with its HTTP status and a stable `code`; the sentence says what to do about it."""

    status = 500
    code = "internal"
    title = "Something went wrong on our side"

    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)


class Malformed(PushError):
    status, code, title = 400, "malformed", "The request cannot be read"


class Unauthenticated(PushError):
    """`scheme` and `error` go into WWW-Authenticate (RFC 6750, section 3)."""

    status, code, title = 401, "unauthenticated", "Not authenticated"

    def __init__(self, detail: str, scheme: str = "Bearer", error: str | None = None) -> None:
        super().__init__(detail)
        self.scheme = scheme
        self.error = error


class BadToken(Unauthenticated):
    """A token was given, and it is no good."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, error="invalid_token")


class Forbidden(PushError):
    status, code, title = 403, "forbidden", "Not allowed"


class NotFound(PushError):
    status, code, title = 404, "not-found", "Not found"


class MethodNotAllowed(PushError):
    status, code, title = 405, "method-not-allowed", "Method not allowed"


class Conflict(PushError):
    status, code, title = 409, "conflict", "In conflict with what is stored"


class PreconditionFailed(PushError):
    status, code, title = 412, "precondition-failed", "Changed since it was read"


class TooLarge(PushError):
    status, code, title = 413, "too-large", "The request is too large"


class UnsupportedMediaType(PushError):
    status, code, title = 415, "unsupported-media-type", "Content type not supported"


class Invalid(PushError):
    status, code, title = 422, "invalid", "A field is not valid"


def invalid(pointer: str, message: str) -> Invalid:
    """One wrong field of a body, or a parameter: the sentence names it as `message` goes on."""
    return Invalid(f"{pointer[1:].replace('/', '.')} {message}", [FieldError(pointer, message)])


class TooManyRequests(PushError):
    """`retry_after` in seconds."""

    status, code, title = 429, "too-many-requests", "Too many requests"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Misconfigured(PushError):
    code, title = "misconfigured", "The deployment is not configured"


class Unavailable(PushError):
    status, code, title = 503, "unavailable", "Temporarily unavailable"


class Stale(Exception):
    """A guarded write found another state than the one it was based on; nothing was written."""
