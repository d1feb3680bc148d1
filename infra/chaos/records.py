"""What is known of one sending when it is over: what was asked, what FCM saw, what the ledger says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

PAGE_SIZE = 500


class Policy(StrEnum):
    """What a sender wants done with a message of which nobody knows whether FCM took it."""

    RESEND = "resend"
    SKIP = "skip"
    DEFAULT = "default"


class Attempt(NamedTuple):
    """One request as FCM's journal has it. `answer` is "accepted", "cut after accepting", or anything else: not taken.

    `came` and `left` are ms since the epoch. `torn`: its connection was cut, which takes the answers of all that are on
    it along."""

    came: int
    left: int
    target: str
    answer: str
    torn: bool = False

    @property
    def accepted(self) -> bool:
        return self.answer in ("accepted", "cut after accepting")

    def heard(self, patience_ms: float) -> bool:
        """Whether the sender can have heard the answer. The way there and back takes a while too."""
        return not self.torn and not self.answer.startswith("cut") and self.left - self.came < patience_ms


class Page(NamedTuple):
    """A page that was open when its worker died or lost its lease: its targets, as they lay in the shard. `silent_ms`:
    for how long nobody had heard of that worker, None where it had let go."""

    shard: str
    targets: frozenset[str]
    silent_ms: int | None = None


@dataclass(frozen=True)
class Sending:
    """`eligible` are the targets that it was for from beginning to end, `moving` those that went from device to device
    meanwhile: in a list they may come in or drop out. `shards` is 0 where its sending never began; `lease_ms` is a
    worker's. `failures` are outcomes on record, by target: kinds other than accepted. Pages were `inherited` by another
    worker, or `given_up` with the run. `texts` are the message's texts as they arrived. Times in ms; `cancelled_at` is
    when the API had answered; it `may_expire` where it had less time than it may take."""

    name: str
    schedule: str
    policy: Policy
    state: str
    eligible: frozenset[str]
    not_before: int
    expires_at: int
    attempts: Sequence[Attempt]
    inherited: Sequence[Page] = ()
    given_up: Sequence[Page] = ()
    counts: Mapping[str, int] | None = None
    failures: Mapping[str, str] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    in_list: bool = False
    shards: int = 1
    lease_ms: int = 0
    cancelled_at: int | None = None
    wanted_text: str | None = None
    texts: frozenset[str] = frozenset()
    lasted_s: float = 0.0
    may_expire: bool = False

    @property
    def accepted(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.accepted]
