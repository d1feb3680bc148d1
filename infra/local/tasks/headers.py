"""Which HTTP headers a task may bring along (Cloud Tasks API, `HttpRequest.headers`)."""

import re
from collections.abc import Mapping

from infra.local.tasks.refusal import INVALID, Refusal

LIMIT = 80 * 1024  # bytes, "less than 80KB"

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e\t]*")
_OWNED = {"host", "content-length", "user-agent", "connection", "transfer-encoding"}
_OWNED_PREFIXES = ("x-google-", "x-appengine-", "x-cloudtasks-")


def check(headers: Mapping[str, str]) -> None:
    """Raises `Refusal` for headers that cannot be sent."""
    if sum(len(name) + len(value) for name, value in headers.items()) >= LIMIT:
        raise Refusal(INVALID, "The headers of a task must be smaller than 80 KB.")
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Refusal(INVALID, f"Not an HTTP header: {name[:100]!r}.")


def own(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers in lower case, without those that are Cloud Tasks' to set."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return {
        name: value for name, value in lowered.items() if name not in _OWNED and not name.startswith(_OWNED_PREFIXES)
    }
