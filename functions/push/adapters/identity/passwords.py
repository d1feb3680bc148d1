"""Slow hashes for people's passwords: argon2id, a bounded number at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from push.domain.errors import TooManyRequests

T = TypeVar("T")

# Each hash takes 64 MiB and some 50 ms of a core: two at a time leave room for everything else.
AT_ONCE = 2
# Those who would wait for longer than a few seconds are told to come back instead.
WAITING = 100
RETRY_AFTER_S = 5


class Argon2Passwords:
    def __init__(self, hasher: PasswordHasher | None = None, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._limit = at_once + waiting
        self._pending = 0

    async def hash(self, password: str) -> str:
        """Raises TooManyRequests when too many wait already."""
        return await self._run(self._hash, password, None)

    async def verify(self, hash: str | None, password: str) -> bool:
        """Raises TooManyRequests when too many wait already."""
        return await self._run(self._verify, password, hash)

    async def _run(self, work: Callable[[str, str | None], T], password: str, hash: str | None) -> T:
        if self._pending >= self._limit:
            raise TooManyRequests(f"too many log in at once: try again in {RETRY_AFTER_S} seconds", RETRY_AFTER_S)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, password, hash)
        finally:
            self._pending -= 1

    def _hash(self, password: str, _: str | None) -> str:
        return str(self._hasher.hash(password))

    def _verify(self, password: str, hash: str | None) -> bool:
        try:
            matches = self._hasher.verify(hash or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(matches) and hash is not None

    @cached_property
    def _nobody(self) -> str:
        """What the password of a name that does not exist is compared with, so that it takes as long."""
        return str(self._hasher.hash(""))
