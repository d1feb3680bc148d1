"""The key space: target keys are 32 hex digits, evenly spread, so ranges of them are shares of the audience."""

from typing import NamedTuple

TARGETS_PER_SHARD = 20_000
MAX_SHARDS = 5_000
_SPACE = 1 << 64


class KeyRange(NamedTuple):
    """Keys from `start` on (inclusive) up to `end` (exclusive); "" as end means no end."""

    start: str
    end: str


def cut(index: int, count: int, after: str = "") -> KeyRange:
    """Shard `index` of `count`: [index/count, (index+1)/count) of the key space from the bound `after` on. The cuts
    touch and never overlap."""
    if not 0 <= index < count:
        raise ValueError(f"no shard {index} of {count}")
    start = after if index == 0 else _bound(index, count, after)
    end = "" if index + 1 == count else _bound(index + 1, count, after)
    return KeyRange(start, end)


def _bound(index: int, count: int, after: str) -> str:
    first = int(after or "0", 16)
    # Rounded up, so that a bound is never equal to the one before it while count stays below what is cut.
    return f"{first - (-index * (_SPACE - first) // count):016x}"


def share_bound(part: int, whole: int) -> str:
    """The end of the first `part` of `whole` of the key space, as a key bound."""
    return f"{part * _SPACE // whole:016x}"


def shards_for(estimate: int) -> int:
    """How many cuts an audience of about `estimate` targets gets."""
    return min(MAX_SHARDS, max(1, -(-estimate // TARGETS_PER_SHARD)))


SLICES = 256


def slice_for(seed: str) -> KeyRange:
    """One of 256 slices, chosen by the seed (an id): what is counted to estimate the whole."""
    return cut(sum(seed.encode()) % SLICES, SLICES)
