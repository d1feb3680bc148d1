"""Who works on a shard: one call of `deliver`."""

from collections.abc import Callable
from typing import NamedTuple


class Worker(NamedTuple):
    """`name` is no other call's. `stopping` says whether its process has been told to end."""

    name: str
    lease_s: float
    stopping: Callable[[], bool]
