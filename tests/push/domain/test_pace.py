"""FCM asks senders to ramp up; a run starts its shards accordingly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain.pace import LONGEST_PAUSE_S, Ramp, pause_s, start_offsets_s


@given(
    shards=st.integers(1, 600),
    audience=st.integers(0, 12_000_000),
    quota=st.integers(60, 1_200_000),
    ramp=st.integers(0, 120),
)
def test_what_has_started_never_runs_ahead_of_the_quota(shards: int, audience: int, quota: int, ramp: int) -> None:
    offsets = start_offsets_s(shards, audience, Ramp(quota, ramp, 100_000))
    assert len(offsets) == shards
    assert offsets == sorted(offsets)
    assert offsets[0] == 0
    per_shard = audience / shards
    for shard, offset in enumerate(offsets):
        assert shard * per_shard <= offset * quota / 60 * 1.000001 + 1e-6


def test_a_million_take_about_130_s_to_start() -> None:
    assert 120 < start_offsets_s(50, 1_000_000, Ramp(600_000, 60, 100_000))[-1] < 135


def test_without_a_ramp_an_audience_starts_at_the_quota_and_so_does_a_small_one() -> None:
    assert start_offsets_s(3, 60_000, Ramp(600_000, 0, 0)) == [0, 2, 4]
    assert start_offsets_s(5, 100_000, Ramp(600_000, 60, 100_000)) == [0, 2, 4, 6, 8]
    assert start_offsets_s(5, 100_001, Ramp(600_000, 60, 100_000))[1] > 15


def test_a_ramp_rises_evenly_and_ends() -> None:
    ramp = Ramp(600_000, 60, 100_000)
    assert [ramp.share(1_000_000, second) for second in (0, 30, 45, 60, 600)] == [0.05, 0.5, 0.75, 1, 1]
    assert ramp.share(100_000, 0) == 1


@pytest.mark.parametrize(("asked", "paused"), [(0, 60), (7, 7), (3_600, 3_600), (86_400 * 30, LONGEST_PAUSE_S)])
def test_a_pause_is_as_long_as_fcm_asks_and_never_for_ever(asked: float, paused: float) -> None:
    assert pause_s(asked) == paused
