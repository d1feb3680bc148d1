"""Counting, and when sweep must look."""

from hypothesis import given
from hypothesis import strategies as st

from push.domain.outcome import Kind, backoff_s
from push.domain.run import ARM_AHEAD_MS, totals, wake_for
from push.domain.shard import add

COUNTS = st.dictionaries(st.sampled_from([k.value for k in Kind if k is not Kind.RETRY]), st.integers(0, 10**9))


@given(a=COUNTS, b=COUNTS)
def test_totals_of_a_sum_are_the_sum_of_totals(a: dict[str, int], b: dict[str, int]) -> None:
    both = totals(add(a, b))
    assert both == {key: totals(a)[key] + totals(b)[key] for key in both}


def test_who_is_stale_was_neither_targeted_nor_failed() -> None:
    total = totals({"accepted": 3, "dead": 1, "stale": 5})
    assert (total["targeted"], total["failed"], total["stale"]) == (4, 1, 5)


@given(counts=COUNTS)
def test_everything_targeted_was_accepted_or_failed(counts: dict[str, int]) -> None:
    total = totals(counts)
    assert total["targeted"] == total["accepted"] + total["failed"]


@given(now=st.integers(0, 10**12), ahead=st.integers(0, 10**11))
def test_sweep_looks_when_a_run_is_late_or_can_be_armed(now: int, ahead: int) -> None:
    wake = wake_for(now + ahead, now)
    if ahead > ARM_AHEAD_MS:
        assert now <= wake == now + ahead - ARM_AHEAD_MS
    else:
        assert wake > now + ahead


@given(generation=st.integers(0, 100), jitter=st.floats(0, 0.999))
def test_a_retry_is_never_sooner_than_10_s(generation: int, jitter: float) -> None:
    assert 10 <= backoff_s(generation, jitter) <= 10 * 2**8 * 1.5
