"""Headers on which it depends whether a request is done: If-Match and Idempotency-Key.

ETags and If-Match: nobody overwrites an edit that they have not seen (RFC 9110, section 13.1.1).
"""

import re

from starlette.requests import Request

from push.domain.errors import invalid
from push.entrypoints.api import docs
from push.usecases.hold_schedule import Expected

_PLAIN = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
_STRONG = re.compile(r'(?:^|[\s,])"([0-9]{1,15})"(?=[\s,]|$)')
IDEMPOTENCY_KEY = docs.header(
    "Idempotency-Key",
    "a text of your own that names this request: repeated with the same body within 30 days it is answered as the "
    "first time and sends nothing again; with another body, 422",
    "order-4711-ready",
    f"^{_PLAIN.pattern}$",
)
IF_MATCH = docs.header("If-Match", "the ETag as you read it; without it, whatever it is now", '"1"')


def etag(revision: int) -> dict[str, str]:
    """The header that tells an edit from the one before. It stays as it is while a schedule is being sent."""
    return {"ETag": f'"{revision}"'}


def expected(request: Request) -> Expected:
    """The revisions that If-Match names; None where any will do: without the header, or with `*`.

    A weak ETag, or one that is not ours, matches nothing."""
    header = request.headers.get("if-match", "").strip()
    if header in ("", "*"):
        return None
    return frozenset(int(revision) for revision in _STRONG.findall(header))


def idempotency_key(request: Request) -> str | None:
    """The Idempotency-Key, None without one. Raises Invalid for one that is empty, long or no plain text."""
    header = request.headers.get("idempotency-key")
    if header is not None and not _PLAIN.fullmatch(header.strip()):
        message = "must be 1 to 255 printable ASCII characters"
        raise invalid("/Idempotency-Key", message)
    return None if header is None else header.strip()
