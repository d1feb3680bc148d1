"""Who is sent what while everything breaks."""

import random

from infra.chaos import campaigns
from infra.chaos.campaigns import Campaign, Play
from infra.chaos.phones import Crowd
from infra.chaos.records import Policy
from infra.local.stackfile import APP_ID


def scenario(targets: int, dice: random.Random) -> tuple[list[Crowd], dict[Campaign, Play]]:
    """So many targets in four apps, and what is sent to them. The first one is posted before anything breaks, and the
    last one once nothing does any more: what is cancelled then, nothing else may have stopped. The second app is the
    stack's own: its phones can log in."""
    main, plain = Crowd(100, "main", targets * 4 // 10), Crowd(APP_ID, "plain", targets * 2 // 10)
    skipping, called_off = Crowd(101, "skipping", targets * 2 // 10), Crowd(102, "called off", targets * 2 // 10)
    some = plain.size // 6

    def at(low: float, high: float) -> float:
        return round(dice.uniform(low, high), 1)

    def everybody(crowd: Crowd, name: str, policy: Policy = Policy.DEFAULT) -> Campaign:
        return Campaign(name, crowd, range(crowd.size), policy, listed=False)

    def aliases(name: str, first: int, size: int) -> Campaign:
        return Campaign(name, plain, range(first, first + size))

    edited = aliases("aliases, edited", some, some // 4)
    edited.text = "as it was"
    away, never = aliases("aliases, moved", 2 * some, some // 4), aliases("aliases, cancelled before", 3 * some, 100)
    plays = {
        (big := everybody(main, "everybody, resend", Policy.RESEND)): campaigns.simply(big, 0.0),
        (skip := everybody(skipping, "everybody, skip", Policy.SKIP)): campaigns.simply(skip, at(0, 5)),
        (usual := everybody(plain, "everybody")): campaigns.simply(usual, at(0, 8)),
        (listed := aliases("aliases", 0, some)): campaigns.simply(listed, at(0, 10)),
        (stopped := everybody(called_off, "cancelled")): campaigns.cancelled(stopped, at(0, 3)),
        edited: campaigns.edited(edited, at(4, 9)),
        away: campaigns.moved(away, at(6, 9)),
        never: campaigns.cancelled_before(never, 8),
        (calmly := everybody(called_off, "cancelled in the calm")): campaigns.cancelled(calmly, 0.0),
    }
    return [main, plain, skipping, called_off], plays
