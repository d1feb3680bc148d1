"""A process never sends more than its share of a project's quota, whatever it does at once."""

import math

from hypothesis import given
from hypothesis import strategies as st

from push.domain.budget import Budget
from push.domain.pace import Pacing, Ramp
from push.domain.shard import PAGE_SIZE

PAGES = st.lists(st.tuples(st.integers(0, PAGE_SIZE), st.booleans(), st.integers(0, 3_000)), max_size=60)


def budget(per_minute: int = 600_000, processes: int = 1) -> Budget:
    return Budget(Ramp(per_minute, 0, 0), processes)


@given(pages=PAGES, per_minute=st.integers(60, 1_200_000), processes=st.integers(1, 50))
def test_in_no_stretch_of_time_more_goes_than_was_saved_up_and_grows(
    pages: list[tuple[int, bool, int]], per_minute: int, processes: int
) -> None:
    shared = budget(per_minute, processes)
    now, started = 0, list[tuple[float, int]]()
    for messages, urgent, passing in pages:
        now += passing
        wait_s = shared.reserve("p", messages, urgent, now, math.inf)
        started.append((now / 1000 + wait_s, messages))
    started.sort()
    per_s = per_minute / 60 / processes
    saved_up = max(per_s * 0.9, PAGE_SIZE) + max(per_s * 0.1, PAGE_SIZE)
    for first, (begin, _) in enumerate(started):
        sent = 0
        for moment, messages in started[first:]:
            sent += messages
            assert sent <= saved_up + per_s * (moment - begin) + 1


def test_what_would_wait_too_long_reserves_nothing() -> None:
    shared = budget(60_000)  # 900 a second for broadcasts
    assert shared.reserve("p", 900, False, 0, 5) == 0
    assert shared.reserve("p", 4_500, False, 0, 5) == 5
    assert shared.reserve("p", 900, False, 0, 5) == 6
    assert shared.reserve("p", 900, False, 1_000, 5) == 5


def test_urgent_messages_have_a_part_of_their_own_and_use_what_others_leave() -> None:
    shared = budget()
    assert shared.reserve("p", 9_000, False, 0, 60) == 0
    assert shared.reserve("p", 90_000, False, 0, 60) == 10
    assert shared.reserve("p", 1_000, True, 0, 60) == 0
    assert shared.reserve("p", 100, True, 0, 60) == 0.1
    idle = budget()
    assert [idle.reserve("p", 500, True, 0, 60) for _ in range(20)] == [0] * 20


def test_a_project_is_not_charged_for_another() -> None:
    shared = budget(60_000)
    assert shared.reserve("p", 4_500, False, 0, 60) == 4
    assert shared.reserve("q", 900, False, 0, 60) == 0


def test_what_operators_set_counts_from_then_on() -> None:
    shared = budget()
    shared.learn("p", Pacing(quota_per_minute=6_000, urgent_reserve=0))
    assert shared.reserve("p", 500, False, 0, 60) == 0
    assert shared.reserve("p", 500, False, 0, 60) == 5
    # No part of their own: urgent ones wait with the others.
    assert shared.reserve("p", 500, True, 0, 60) == 0
    assert shared.reserve("p", 500, True, 0, 60) == 10
    shared.learn("p", Pacing(quota_per_minute=600_000, urgent_reserve=0))
    assert shared.reserve("p", 500, False, 0, 60) < 1


def test_a_clock_that_is_set_back_gives_and_takes_nothing() -> None:
    shared = budget(60_000)
    assert shared.reserve("p", 900, False, 10_000, 60) == 0
    assert shared.reserve("p", 900, False, 5_000, 60) == 1
    assert shared.reserve("p", 0, False, 6_000, 60) == 0
