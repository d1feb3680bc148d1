"""Access tokens: one for all who ask, and nobody waits long for one that does not come."""

import asyncio
import threading
import time
from typing import cast

import pytest
from google.auth.exceptions import TransportError

from fakes.virtual import ThreadsLoop, run_with_threads
from push.adapters.credentials import AccessTokens


def test_a_token_is_fetched_once_for_all_who_ask() -> None:
    fetched = 0

    def fetch() -> tuple[str, float]:
        nonlocal fetched
        fetched += 1
        return f"token {fetched}", time.time() + 3_600

    async def play() -> None:
        tokens = AccessTokens(fetch)
        assert set(await asyncio.gather(*(tokens.get() for _ in range(5)))) == {"token 1"}
        assert await tokens.get(refused="token 1") == "token 2"
        assert await tokens.get(refused="token 1") == "token 2"

    asyncio.run(play())


def test_a_metadata_server_that_hangs_holds_up_no_page_and_the_next_one_asks_again() -> None:
    over = threading.Event()
    hangs = iter([True, False])
    loop: ThreadsLoop

    def fetch() -> tuple[str, float]:
        if next(hangs):
            loop.pass_s(60)
            over.wait(30)
        return "token", time.time() + 3_600

    async def play() -> None:
        nonlocal loop
        loop = cast(ThreadsLoop, asyncio.get_running_loop())
        tokens = AccessTokens(fetch)
        try:
            with pytest.raises(TransportError):
                await tokens.get()
            assert await tokens.get() == "token"
        finally:
            over.set()

    run_with_threads(play())


@pytest.mark.parametrize(("left_s", "does"), [(200.0, True), (30.0, False)])
def test_a_token_that_cannot_be_renewed_in_advance_does_while_it_is_valid(left_s: float, does: bool) -> None:
    answers = ["token"]

    def fetch() -> tuple[str, float]:
        if not answers:
            raise TransportError("the metadata server does not answer")
        return answers.pop(), time.time() + left_s

    async def play() -> None:
        tokens = AccessTokens(fetch)
        assert await tokens.get() == "token"
        if does:
            assert await tokens.get() == "token"
        else:
            with pytest.raises(TransportError):
                await tokens.get()
        with pytest.raises(TransportError):
            await tokens.get(refused="token")

    asyncio.run(play())
