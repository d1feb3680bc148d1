"""Marks at a patience, and at twice, four times as much."""

from push.domain.late import newly_late

PATIENCE = 180


def marks(every: int, until: int) -> list[tuple[int, int]]:
    """When somebody who looks so often acts, and for which mark."""
    looks = range(every, until, every)
    found = ((now, newly_late(0, PATIENCE, now - every, now)) for now in looks)
    return [(now, mark) for now, mark in found if mark is not None]


def test_whoever_looks_each_minute_acts_once_for_each_mark() -> None:
    assert marks(60, 3_000) == [(180, 0), (360, 1), (720, 2), (1_440, 3), (2_880, 4)]


def test_who_looks_rarely_misses_no_mark_for_good() -> None:
    assert marks(1_000, 3_000) == [(1_000, 2), (2_000, 3)]


def test_in_a_day_there_are_a_few() -> None:
    assert len(marks(60, 24 * 3_600)) == 9


def test_before_its_time_nothing_is_late() -> None:
    assert newly_late(1_000, PATIENCE, 0, 500) is None
    assert newly_late(1_000, PATIENCE, 500, 1_179) is None
    assert newly_late(1_000, PATIENCE, 500, 1_180) == 0
