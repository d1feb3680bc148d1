"""Passwords: slow for everybody alike, and never more at a time than there is room for."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from push.adapters.identity.passwords import AT_ONCE, Argon2Passwords
from push.domain.errors import TooManyRequests

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Counting:
    """A hasher that counts what it is asked, and how much of that at once."""

    def __init__(self) -> None:
        self.verified = self.running = self.most = 0
        self.lock = threading.Lock()

    def hash(self, password: str) -> str:
        return str(QUICK.hash(password))

    def verify(self, hash: str, password: str) -> bool:
        with self.lock:
            self.verified += 1
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            return bool(QUICK.verify(hash, password))
        finally:
            with self.lock:
                self.running -= 1


def test_a_password_is_known_by_its_hash_alone() -> None:
    async def play() -> None:
        passwords = Argon2Passwords(QUICK)
        hash_ = await passwords.hash("correct horse")
        assert hash_.startswith("$argon2id$")
        assert await passwords.verify(hash_, "correct horse")
        assert not await passwords.verify(hash_, "correct horsf")
        assert not await passwords.verify("no hash at all", "correct horse")

    asyncio.run(play())


def test_a_name_that_does_not_exist_takes_as_much_work() -> None:
    async def play() -> None:
        hasher = Counting()
        passwords = Argon2Passwords(hasher)
        assert not await passwords.verify(None, "anything")
        assert not await passwords.verify(None, "")
        assert hasher.verified == 2

    asyncio.run(play())


def test_two_are_worked_on_at_a_time_and_those_who_would_wait_too_long_are_sent_away() -> None:
    async def play() -> None:
        hasher = Counting()
        passwords = Argon2Passwords(hasher, waiting=10)
        hash_ = await passwords.hash("p")
        answers = await asyncio.gather(*(passwords.verify(hash_, "p") for _ in range(20)), return_exceptions=True)
        assert answers.count(True) == AT_ONCE + 10
        assert sum(isinstance(answer, TooManyRequests) for answer in answers) == 8
        assert hasher.most <= AT_ONCE
        assert await passwords.verify(hash_, "p")

    asyncio.run(play())


def test_one_who_is_sent_away_is_told_for_how_long() -> None:
    async def play() -> None:
        passwords = Argon2Passwords(QUICK, at_once=1, waiting=-1)
        with pytest.raises(TooManyRequests) as caught:
            await passwords.hash("p")
        assert caught.value.retry_after > 0

    asyncio.run(play())
