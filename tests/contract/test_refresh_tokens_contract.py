"""Refresh tokens: each is used once, whoever uses it at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from push.domain.family import DAY_MS, GRACE_MS, LIFETIME_MS, Family, revoked, used

On = Callable[[Callable[[Any], Awaitable[None]]], None]
FAMILY = Family(id="f" * 24, subject="ann", expire_at=LIFETIME_MS)


def test_a_family_is_kept_and_changed(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.refresh_tokens.start(FAMILY)
        before, after = await stores.refresh_tokens.change(FAMILY.id, revoked)
        assert (before, after) == (FAMILY, FAMILY.model_copy(update={"revoked": True}))
        assert (await stores.refresh_tokens.change(FAMILY.id, lambda family: family)).before == after
        for nobody in ("", "a/b", "e" * 24):
            assert await stores.refresh_tokens.change(nobody, revoked) is None

    on(play)


def test_a_token_that_is_used_twice_at_once_makes_one_next(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.refresh_tokens.start(FAMILY)
        use = partial(used, number=1, now=1_000)
        both = await asyncio.gather(*(stores.refresh_tokens.change(FAMILY.id, use) for _ in range(2)))
        assert [change.after.number for change in both] == [2, 2]
        assert not any(change.after.revoked for change in both)

    on(play)


def test_within_the_grace_every_used_token_is_good_and_after_it_none() -> None:
    third = used(used(FAMILY, 1, 0), 2, 10_000)
    assert used(third, 1, GRACE_MS) == third
    assert used(third, 2, 10_000 + GRACE_MS) == third
    assert used(third, 1, GRACE_MS + 1).revoked
    assert used(third, 2, 10_001 + GRACE_MS).revoked
    assert used(third, 4, 20_000).revoked


def test_a_phones_token_is_good_until_the_next_one_was_used() -> None:
    second = used(FAMILY.model_copy(update={"app": 2}), 1, 0)
    assert used(second, 1, 100 * GRACE_MS) == second
    late = used(second, 1, 9 * DAY_MS)
    assert late == second.model_copy(update={"expire_at": 9 * DAY_MS + LIFETIME_MS})
    third = used(second, 2, 100 * GRACE_MS)
    assert used(third, 1, 100 * GRACE_MS + 1).revoked
