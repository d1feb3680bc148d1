"""Bearers whom others vouch for, each asked about the tokens that say they are its own."""

import asyncio
import base64
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from push.domain.errors import Unavailable
from push.ports import Outsider

_LONGEST = 8_192
# Verifying takes a fraction of a millisecond, or as long as it takes to fetch certificates once an hour.
_AT_ONCE = 4
_WAITING = 500


class Verifier(Protocol):
    """One issuer's tokens. `verify` blocks; it raises BadToken, and Unavailable while it cannot tell."""

    @property
    def issuers(self) -> frozenset[str]: ...

    def verify(self, token: str) -> Outsider: ...


class VerifiedOutsiders:
    """Of `waiting` more than it works on at once, the next is refused: what cannot be verified soon, for want of
    certificates, must not pile up."""

    def __init__(self, verifiers: Sequence[Verifier], at_once: int = _AT_ONCE, waiting: int = _WAITING) -> None:
        self._by_issuer = {issuer: verifier for verifier in verifiers for issuer in verifier.issuers}
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="bearers")
        self._limit = at_once + waiting
        self._pending = 0

    def claims(self, token: str) -> bool:
        return self._verifier(token) is not None

    async def verify(self, token: str) -> Outsider:
        verifier = self._verifier(token)
        if verifier is None:
            raise ValueError("nobody here verifies this token: ask `claims` first")
        if self._pending >= self._limit:
            raise Unavailable("too many tokens to look at: try again in a second")
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, verifier.verify, token)
        finally:
            self._pending -= 1

    def _verifier(self, token: str) -> Verifier | None:
        return self._by_issuer.get(_issuer(token)) if self._by_issuer else None


def _issuer(token: str) -> str:
    """What an unverified token says of who issued it, "" where it says nothing: whom to ask, and nothing else."""
    parts = token.split(".") if len(token) <= _LONGEST else []
    if len(parts) != 3:
        return ""
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return ""
    issuer = payload.get("iss") if isinstance(payload, dict) else None
    return issuer if isinstance(issuer, str) else ""
