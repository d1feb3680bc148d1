"""How fast may be sent: FCM's quota, and the ramp that it asks for (FCM, *Understand throttling*)."""

import math
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from push.domain.outcome import QUOTA_PAUSE_S

# Nothing that FCM asks for stops a project for longer at once; the next page asks anew.
LONGEST_PAUSE_S = 3_600.0
# A ramp begins at this share of the quota: at nothing, it never would.
_FIRST_SHARE = 0.05


class Pacing(BaseModel):
    """How a Firebase project may be sent to. `quota_per_minute`: None for the deployment's. `urgent_reserve` is the
    share of it that broadcasts leave alone. Nothing is sent before `not_before` (ms)."""

    model_config = ConfigDict(frozen=True)

    quota_per_minute: int | None = Field(default=None, ge=1)
    urgent_reserve: float = Field(default=0.1, ge=0, le=0.9)
    not_before: int | None = None


class Ramp(NamedTuple):
    """An audience of more than `above` targets begins slowly: from nothing to the quota in `over_s` seconds."""

    quota_per_minute: int
    over_s: int
    above: int

    def share(self, audience: int, running_s: float) -> float:
        """The share of the quota that a run may use `running_s` seconds after its beginning."""
        if audience <= self.above or running_s >= self.over_s:
            return 1.0
        return max(_FIRST_SHARE, running_s / self.over_s)


def start_offsets_s(shards: int, audience: int, ramp: Ramp) -> list[float]:
    """Seconds after the start at which each of `shards` equal shards begins.

    The rate grows evenly from nothing to the quota, so n targets have started after sqrt(2 n ramp / rate) seconds until
    the ramp is over, and after that at the quota.
    """
    rate = ramp.quota_per_minute / 60
    over_s = ramp.over_s if audience > ramp.above else 0
    per_shard = audience / shards
    in_ramp = rate * over_s / 2
    offsets = []
    for shard in range(shards):
        before = shard * per_shard
        if before < in_ramp:
            offsets.append(math.sqrt(2 * before * over_s / rate))
        else:
            offsets.append(over_s + (before - in_ramp) / rate)
    return offsets


def pause_s(asked: float) -> float:
    """For how long a project pauses that FCM has answered 429, when it asks for that many seconds."""
    return min(asked or QUOTA_PAUSE_S, LONGEST_PAUSE_S)


def spread_s(wait_s: float, jitter: float) -> float:
    """Seconds on top of a wait, by a `jitter` in [0, 1): not all of those who wait may come back at once."""
    return jitter * min(10.0, wait_s / 4)
