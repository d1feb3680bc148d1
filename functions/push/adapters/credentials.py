"""Access tokens for Google's APIs: from the function's own service account, through firebase-admin."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC

from push import logs

_EARLY_S = 300.0
# A page that is sent by it takes some time.
_LAST_S = 60.0
# The metadata server answers within milliseconds; google-auth would wait for it for minutes.
_FETCHED_S = 15.0


class AccessTokens:
    """One token, fetched on first use and again before it expires. `fetch` blocks, so it runs in a thread."""

    def __init__(self, fetch: Callable[[], tuple[str, float]], within_s: float = _FETCHED_S) -> None:
        self._fetch = fetch
        self._within_s = within_s
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def get(self, refused: str | None = None) -> str:
        """A token; a new one when the one at hand is about to expire or is the one that was `refused`.

        Raises google.auth.exceptions.GoogleAuthError; a TransportError when it takes too long."""
        async with self._lock:
            if time.time() > self._until - _EARLY_S or self._token == refused:
                try:
                    await self._renew()
                except Exception as error:
                    # The one at hand does until it expires: that is what asking early is for.
                    if self._token == refused or time.time() > self._until - _LAST_S:
                        raise
                    logs.event("access-token-not-renewed", "WARNING", error=error)
            return self._token

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                self._token, self._until = await asyncio.to_thread(self._fetch)
        except TimeoutError:
            from google.auth.exceptions import TransportError

            raise TransportError(f"no access token within {self._within_s:g} s") from None


def from_google() -> tuple[str, float]:
    """Raises google.auth.exceptions.GoogleAuthError when there are no credentials."""
    # Slow to import, and not needed against an emulator.
    from firebase_admin import credentials

    answer = credentials.ApplicationDefault().get_access_token()
    # google-auth's expiry is a naive time in UTC.
    return answer.access_token, answer.expiry.replace(tzinfo=UTC).timestamp()


def for_emulator() -> tuple[str, float]:
    return "owner", float("inf")
