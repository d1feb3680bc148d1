"""Google's certificates, for google-auth to verify with: fetched once an hour, whoever sends us which token."""

import json
import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

# Google changes its keys every few days and publishes new ones long before it signs with them.
FRESH_S = 3_600
# After a failure: known ones serve on for that long, and without any nobody makes us ask again at once.
AGAIN_S = 60
NOT_AGAIN_S = 5
_TIMEOUT_S = 10


class Fetched(NamedTuple):
    """An answer as google-auth reads it."""

    status: int
    data: bytes


class CachedCertificates:
    """A google.auth.transport.Request that remembers what each URL last answered well. google-auth itself asks again
    for every token. Used from threads; blocks."""

    def __init__(self, fetch: Callable[..., Any] | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, Fetched] = {}
        self._until: dict[str, float] = {}

    def __call__(self, url: str, method: str = "GET", **_: Any) -> Fetched:
        """Raises google.auth.exceptions.TransportError when there is no good answer."""
        from google.auth.exceptions import TransportError

        with self._lock:
            if self._now() >= self._until.get(url, float("-inf")):
                self._refresh(url, method)
            if url not in self._known:
                raise TransportError(f"the certificates at {url} cannot be read")
            return self._known[url]

    def _refresh(self, url: str, method: str) -> None:
        from google.auth.exceptions import TransportError

        try:
            answer = (self._fetch or self._over_http)(url, method=method, timeout=_TIMEOUT_S)
            good = answer.status == 200 and isinstance(json.loads(answer.data), dict)
        except (TransportError, OSError, ValueError):
            good = False
        if good:
            self._known[url] = Fetched(answer.status, bytes(answer.data))
        wait = FRESH_S if good else AGAIN_S if url in self._known else NOT_AGAIN_S
        self._until[url] = self._now() + wait

    @cached_property
    def _over_http(self) -> Callable[..., Any]:
        from google.auth.transport.requests import Request

        request: Callable[..., Any] = Request()
        return request
