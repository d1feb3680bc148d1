"""The canary: a small share of a broadcast goes first and alone, and says whether the rest may follow."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from push.domain.keyspace import share_bound

# The id of its shard.
CANARY = "canary"
_ABOVE = 1_000
_LEAST = 100
# Fewer rejections may belong to their targets.
_REJECTED_LEAST = 20


def canary_bound(estimate: int) -> str:
    """Where the canary of about `estimate` targets ends in the key space: after 1 % of them, at least 100. "" for an
    audience that is too small to have one."""
    return share_bound(max(estimate, 100 * _LEAST), 100 * estimate) if estimate > _ABOVE else ""


def enough(seen: int, expected: int | None) -> bool:
    """Whether so many outcomes decide: 95 %, so that a few slow answers do not hold the broadcast."""
    return expected is not None and expected > 0 and 100 * seen >= 95 * expected


class Evidence(NamedTuple):
    """What FCM said of one platform's targets: how many it accepted, and how many it rejected with which code."""

    accepted: int
    rejected: Mapping[str, int]


class Refusal(NamedTuple):
    """Of `judged` targets FCM rejected `rejected`, most of them with `code`."""

    rejected: int
    judged: int
    code: str


def refusal(evidence: Mapping[str, Evidence]) -> Refusal | None:
    """Why the rest must not follow, by platform: 20 distinct targets were rejected, and they are more than half of
    those that were judged. A platform that nobody was accepted of is halted for itself, as long as another works."""
    if any(each.accepted for each in evidence.values()):
        judged = [e for e in evidence.values() if e.accepted or sum(e.rejected.values()) < _REJECTED_LEAST]
    else:
        judged = list(evidence.values())
    codes: Counter[str] = Counter()
    for each in judged:
        codes.update(each.rejected)
    rejected = codes.total()
    accepted = sum(each.accepted for each in judged)
    if rejected < _REJECTED_LEAST or rejected <= accepted:
        return None
    return Refusal(rejected, rejected + accepted, codes.most_common(1)[0][0])
