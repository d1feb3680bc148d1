"""The key space is cut without gaps and without overlaps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain.keyspace import MAX_SHARDS, TARGETS_PER_SHARD, cut, shards_for, slice_for

KEYS = st.text("0123456789abcdef", min_size=32, max_size=32)


BOUNDS = st.one_of(st.just(""), st.integers(1, 2**63).map(lambda number: f"{number:016x}"))


@given(key=KEYS, count=st.integers(1, 6_000), after=BOUNDS)
def test_every_key_lies_in_exactly_one_cut(key: str, count: int, after: str) -> None:
    first = int(after or "0", 16)
    guess = (int(key[:16], 16) - first) * count // (2**64 - first)
    near = {n for n in (guess - 1, guess, guess + 1) if 0 <= n < count}
    cuts = [cut(n, count, after) for n in near]
    homes = [keys for keys in cuts if keys.start <= key and (not keys.end or key < keys.end)]
    assert len(homes) == (key >= after)


@given(count=st.integers(1, 6_000), after=BOUNDS)
def test_cuts_touch(count: int, after: str) -> None:
    cuts = [cut(n, count, after) for n in range(min(count, 50))]
    assert cuts[0].start == after
    assert all(a.end == b.start > a.start for a, b in pairwise(cuts))
    assert cut(count - 1, count, after).end == ""


def test_a_shard_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no shard 3 of 3"):
        cut(3, 3)


def test_an_empty_audience_still_has_one_shard_that_ends_the_run() -> None:
    assert shards_for(0) == 1


def test_ten_million_are_five_hundred_shards() -> None:
    assert shards_for(10_000_000) == 500
    assert shards_for(TARGETS_PER_SHARD * MAX_SHARDS * 9) == MAX_SHARDS


@given(seed=st.text(min_size=1))
def test_a_slice_is_a_256th(seed: str) -> None:
    keys = slice_for(seed)
    assert (int(keys.end or "1" + "0" * 16, 16) - int(keys.start or "0", 16)) >> 56 == 1
