"""How fast a run may start: FCM's quota, and the ramp that it asks for (FCM, *Understand throttling*)."""

import math


def start_offsets_s(shards: int, audience: int, quota_per_minute: int, ramp_s: int) -> list[float]:
    """Seconds after the start at which each of `shards` equal shards begins.

    The rate grows evenly from nothing to the quota within `ramp_s`, so n targets have started after
    sqrt(2 n ramp / rate) seconds until the ramp is over, and after that at the quota.
    """
    rate = quota_per_minute / 60
    per_shard = audience / shards
    in_ramp = rate * ramp_s / 2
    offsets = []
    for shard in range(shards):
        before = shard * per_shard
        if before < in_ramp:
            offsets.append(math.sqrt(2 * before * ramp_s / rate))
        else:
            offsets.append(ramp_s + (before - in_ramp) / rate)
    return offsets
