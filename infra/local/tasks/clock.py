"""The emulator's unit of time: integer microseconds since 1970, which no rounding of floats can move."""

import time
from datetime import UTC, datetime, timedelta

SECOND_US = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_us() -> int:
    return time.time_ns() // 1000


def to_us(moment: datetime) -> int:
    return duration_us(moment - _EPOCH)


def to_datetime(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def duration_us(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)
