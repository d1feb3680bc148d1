"""What became of one target: exactly one outcome each, and what each one asks for (design §4)."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    ACCEPTED = "accepted"
    DEAD = "dead"
    REJECTED = "rejected"
    MISCONFIGURED = "misconfigured"
    RETRY = "retry"
    UNKNOWN = "unknown"
    NO_DEVICE = "noSuchDevice"
    EXPIRED = "expired"


# Every outcome that ends a target's way. RETRY does not: it is counted when it has become another one.
FINAL = tuple(kind for kind in Kind if kind is not Kind.RETRY)
FAILED = tuple(kind for kind in FINAL if kind is not Kind.ACCEPTED)


class Outcome(NamedTuple):
    """`code` is FCM's error code, Amazon's or ours; `after_s` is how long at least to wait before a retry."""

    kind: Kind
    code: str = ""
    after_s: float = 0.0


ACCEPTED = Outcome(Kind.ACCEPTED)
# Of MISCONFIGURED: FCM has no credential at Apple, or for web push.
APNS_OR_WEB_CREDENTIAL = "THIRD_PARTY_AUTH_ERROR"
# What the codes of Amazon SNS begin with.
SNS = "SNS_"
# FCM, *Best practices when sending at scale*: never sooner than 10 s, doubling, and give up after 60 minutes.
FIRST_BACKOFF_S = 10.0
GIVE_UP_S = 3_600.0
QUOTA_PAUSE_S = 60.0


def refuses_project(outcome: Outcome) -> bool:
    """Whether FCM says that nothing of the project can be sent: it says nothing of the target."""
    return outcome.kind is Kind.MISCONFIGURED and not _of_platform(outcome)


def refuses_platform(outcome: Outcome) -> bool:
    """Whether nothing of the target's platform can be sent, and other platforms can: it says nothing of the target."""
    return outcome.kind is Kind.MISCONFIGURED and _of_platform(outcome)


def _of_platform(outcome: Outcome) -> bool:
    return outcome.code == APNS_OR_WEB_CREDENTIAL or outcome.code.startswith(SNS)


def backoff_s(generation: int, jitter: float) -> float:
    """Seconds before the retry after `generation` retries; `jitter` in [0, 1) spreads them over half as much again."""
    return FIRST_BACKOFF_S * 2.0 ** min(generation, 8) * (1 + jitter / 2)
