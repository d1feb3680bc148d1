"""What became of one target: exactly one outcome each, and what each one asks for."""

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
    STALE = "stale"


# Every outcome that ends a target's way. RETRY does not: it is counted when it has become another one.
FINAL = tuple(kind for kind in Kind if kind is not Kind.RETRY)
# Who is stale was not meant: neither targeted nor failed.
FAILED = tuple(kind for kind in FINAL if kind not in (Kind.ACCEPTED, Kind.STALE))


# What the codes of Amazon SNS begin with.
SNS = "SNS_"
# FCM has no credential at Apple, or for web push.
APNS_OR_WEB_CREDENTIAL = "THIRD_PARTY_AUTH_ERROR"
# Of DEAD: the target is of another Firebase project. Where most are, it is the app that names the wrong one.
SENDER_ID_MISMATCH = "SENDER_ID_MISMATCH"


class Outcome(NamedTuple):
    """`code` is FCM's error code, Amazon's or ours; `after_s` is how long at least to wait before a retry."""

    kind: Kind
    code: str = ""
    after_s: float = 0.0

    @property
    def refuses_platform(self) -> bool:
        """Nothing of this platform gets through, and other platforms do: what is missing is its alone."""
        if self.kind is not Kind.MISCONFIGURED:
            return False
        return self.code == APNS_OR_WEB_CREDENTIAL or self.code.startswith(SNS)

    @property
    def refuses_project(self) -> bool:
        """FCM says that nothing of the project can be sent: it says nothing of the target."""
        return self.kind is Kind.MISCONFIGURED and not self.refuses_platform


ACCEPTED = Outcome(Kind.ACCEPTED)
# Of a RETRY: FCM takes nothing of the whole project at the moment.
QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
# FCM refuses our access token, a fresh one too. Of a RETRY: it may be a bad moment of the whole project.
UNAUTHENTICATED = "UNAUTHENTICATED"
# FCM, *Best practices when sending at scale*: never sooner than 10 s, doubling, and give up after 60 minutes.
FIRST_BACKOFF_S = 10.0
GIVE_UP_S = 3_600.0
QUOTA_PAUSE_S = 60.0


def backoff_s(generation: int, jitter: float) -> float:
    """Seconds before the retry after `generation` retries; `jitter` in [0, 1) spreads them over half as much again."""
    return FIRST_BACKOFF_S * 2.0 ** min(generation, 8) * (1 + jitter / 2)
