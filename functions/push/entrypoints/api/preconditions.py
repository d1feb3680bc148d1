"""ETags and If-Match: nobody overwrites an edit that they have not seen (RFC 9110, section 13.1.1)."""

import re

from starlette.requests import Request

from push.usecases.hold_schedule import Expected

_STRONG = re.compile(r'(?:^|[\s,])"([0-9]{1,15})"(?=[\s,]|$)')


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
