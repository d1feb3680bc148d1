"""FCM asks senders to ramp up; a run starts its shards accordingly."""

from hypothesis import given
from hypothesis import strategies as st

from push.domain.pace import start_offsets_s


@given(
    shards=st.integers(1, 600),
    audience=st.integers(0, 12_000_000),
    quota=st.integers(60, 1_200_000),
    ramp=st.integers(0, 120),
)
def test_what_has_started_never_runs_ahead_of_the_quota(shards: int, audience: int, quota: int, ramp: int) -> None:
    offsets = start_offsets_s(shards, audience, quota, ramp)
    assert len(offsets) == shards
    assert offsets == sorted(offsets)
    assert offsets[0] == 0
    per_shard = audience / shards
    for shard, offset in enumerate(offsets):
        assert shard * per_shard <= offset * quota / 60 * 1.000001 + 1e-6


def test_a_million_take_about_130_s_to_start() -> None:
    assert 120 < start_offsets_s(50, 1_000_000, 600_000, 60)[-1] < 135


def test_without_a_ramp_small_audiences_start_at_the_quota() -> None:
    assert start_offsets_s(3, 60_000, 600_000, 0) == [0, 2, 4]
