"""Who gets the places for requests in flight, whatever arrives and whenever it is answered."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from push.adapters.fcm.batch import Batch, Request
from push.adapters.fcm.waiting import Waiting

PLACES = 1_000
REQUEST = Request("/", ())


def batch(count: int, project: str = "a", urgent: bool = False) -> Batch:
    return Batch(REQUEST, [b"{}"] * count, project, urgent)


def play(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Batches belong to an event loop."""
    asyncio.run(test())


def granted(waiting: Waiting) -> Counter[tuple[str, bool]]:
    return Counter((each.project, each.urgent) for each, _ in waiting.grants())


def test_a_project_alone_has_most_places_and_leaves_some_for_the_next() -> None:
    async def test() -> None:
        waiting = Waiting(PLACES)
        waiting.add(batch(5_000))
        assert granted(waiting) == {("a", False): 800}
        waiting.add(batch(50, "b"))
        assert granted(waiting) == {("b", False): 50}

    play(test)


def test_projects_that_wait_together_have_equal_shares() -> None:
    async def test() -> None:
        waiting = Waiting(PLACES)
        for project in "abc":
            waiting.add(batch(5_000, project))
        shares = granted(waiting)
        assert max(shares.values()) - min(shares.values()) <= 50
        assert sum(shares.values()) > 800

    play(test)


def test_urgent_messages_have_places_that_no_broadcast_takes() -> None:
    async def test() -> None:
        waiting = Waiting(PLACES)
        for project in "abcdefgh":
            waiting.add(batch(5_000, project))
        granted(waiting)
        waiting.add(batch(80, "a", urgent=True))
        assert granted(waiting)["a", True] == 80

    play(test)


def test_urgent_messages_come_first_when_a_place_gets_free() -> None:
    async def test() -> None:
        waiting = Waiting(PLACES)
        waiting.add(batch(5_000))
        begun = [each for each, _ in waiting.grants()]
        waiting.add(batch(400, urgent=True))
        granted(waiting)
        for each in begun[:90]:
            waiting.release(each)
        assert granted(waiting).keys() == {("a", True)}

    play(test)


def test_what_is_withdrawn_gets_no_place_any_more() -> None:
    async def test() -> None:
        waiting = Waiting(PLACES)
        one, other = batch(1_000), batch(10, "b")
        waiting.add(one)
        begun = list(waiting.grants())
        assert list(waiting.withdraw(one)) == list(range(len(begun), 1_000))
        for each, _ in begun:
            waiting.release(each)
        waiting.add(other)
        assert list(waiting.grants()) == [(other, index) for index in range(10)]
        assert not list(waiting.withdraw(other))

    play(test)


@settings(max_examples=100)
@given(
    arriving=st.lists(st.tuples(st.integers(1, 600), st.sampled_from("abcd"), st.booleans()), max_size=30),
    places=st.integers(20, 200),
    answered=st.integers(1, 100),
)
def test_every_message_gets_a_place_once_and_never_more_than_there_are(
    arriving: list[tuple[int, str, bool]], places: int, answered: int
) -> None:
    async def test() -> None:
        waiting = Waiting(places)
        seen: Counter[tuple[int, int]] = Counter()
        flying: list[Batch] = []
        batches = [batch(*each) for each in arriving]
        for each in batches:
            waiting.add(each)
        while True:
            for each, index in waiting.grants():
                seen[id(each), index] += 1
                flying.append(each)
            assert len(flying) <= places
            assert sum(not each.urgent for each in flying) <= places - places // 10
            if not flying:
                break
            for each in flying[:answered]:
                flying.remove(each)
                waiting.release(each)
        assert seen == {(id(each), index): 1 for each in batches for index in range(len(each.bodies))}

    play(test)
