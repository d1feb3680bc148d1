"""Runs: the engine's own record of one sending.

A run moves draft → scheduled → sending → sent, or ends cancelled, failed or expired. Halted it has stopped, until it is
resumed, cancelled, or expires. Only a guarded write moves it: one that is refused when anybody wrote since it was read.
`epoch` grows whenever an older task must not act any more; a task of an older epoch does nothing. `wake_at` is the next
moment at which sweep must look.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from push.domain.audience import LIST_SIZE, Audience, AudienceKind
from push.domain.canary import CANARY
from push.domain.device import STALE_MS
from push.domain.outcome import FINAL, Kind
from push.domain.rendering import Content
from push.domain.schedule import OnUnknown, Schedule, State
from push.domain.shard import Counts

# A page in progress renews its shard's lease; a run is looked at when nothing may have moved for this long.
WATCH_MS = 60_000
# Cloud Tasks holds a task for 30 days at most; what lies beyond is armed by sweep when it comes near.
ARM_AHEAD_MS = 29 * 24 * 3_600_000
GRACE_MS = 30_000
# One list, so one shard of hardly more than two pages: a broadcast does not notice those that overtake it.
URGENT_MOST = LIST_SIZE
# FCM and cancelling both want a rendering that nobody accepts to stop early, and no single bad target to stop it.
HALT_AFTER = 20


class Run(BaseModel):
    """Times in ms. `shards` is 0 until the plan is frozen; `revision` is its schedule's; `removed_at` is when that
    was removed, `ended_at` when it ended, however it did. `request` is the schedule as it was accepted, whatever has
    been written into its document since; None where an older release accepted it.

    `canary` is the key bound that the canary's shard ends at, "" for none: `shards` equal cuts follow it, and are
    handed out at `released_at`; `resumed_at` is when it last went on after it was halted.

    `traceparent` (W3C) is of the request that asked for it, or said it anew: the log follows it.

    `sns_applications`: platforms that go through Amazon SNS, and by which of its applications."""

    model_config = ConfigDict(frozen=True)

    id: str
    schedule: str
    app: int
    firebase_project: str
    sns_applications: Mapping[str, str] = {}
    state: State
    epoch: int = 1
    wake_at: int | None
    send_on: int
    expires_at: int
    audience: Audience
    content: Content
    on_unknown: OnUnknown | None = None
    skip_stale: bool = False
    shards: int = 0
    canary: str = ""
    released_at: int | None = None
    resumed_at: int | None = None
    estimate: int | None = None
    halted_renderings: tuple[str, ...] = ()
    reason: str | None = None
    created_at: int
    started_at: int | None = None
    sent_at: int | None = None
    ended_at: int | None = None
    first_known_at: int | None = None
    last_known_at: int | None = None
    counts: Counts | None = None
    reasons: Counts | None = None
    revision: int = 1
    removed_at: int | None = None
    request: Schedule | None = None
    traceparent: str | None = None

    @property
    def mirror(self) -> Schedule | None:
        """Its schedule, with what has become of it: what its document must say."""
        if self.request is None:
            return None
        told = {"state": self.state, "sent_at": self.sent_at, "counts": self.counts, "reason": self.reason}
        return self.request.model_copy(update=told | {"updated_at": self.changed_at or self.request.updated_at})

    @property
    def changed_at(self) -> int | None:
        """When its state last changed, None before it began: until then a schedule changes by edits alone."""
        return self.ended_at or self.resumed_at or self.started_at

    @property
    def sending_ended_at(self) -> int | None:
        """None also for one that ended before its sending began, and while it is halted: it may go on."""
        return None if self.started_at is None or self.state is State.HALTED else self.ended_at

    @property
    def began_at(self) -> int | None:
        """When its shards were last let go, the canary's aside: a ramp counts from then."""
        return self.resumed_at or self.released_at or self.started_at

    @property
    def urgent(self) -> bool:
        """Whether it waits behind no broadcast: one for few people, by their aliases or as users."""
        return self.audience.kind is not AudienceKind.EVERYBODY and self.audience.listed <= URGENT_MOST

    @property
    def stale_before(self) -> int:
        """Who was last heard of before then (ms) is left out of a broadcast; 0: nobody is."""
        return (self.started_at or 0) - STALE_MS if self.skip_stale else 0

    @property
    def planned(self) -> int:
        """How many shards there are to be, leftovers aside."""
        return self.shards + bool(self.canary)

    @property
    def awaits_canary(self) -> bool:
        return bool(self.canary) and self.released_at is None

    @property
    def handed_out(self) -> list[str]:
        """Ids of the planned shards that may be sent by now."""
        shards = [] if self.awaits_canary else [str(number) for number in range(self.shards)]
        return [CANARY, *shards] if self.canary else shards

    @property
    def live(self) -> bool:
        return self.state in (State.SCHEDULED, State.SENDING)


def wake_for(send_on: int, now: int) -> int:
    """When sweep must look at a run that is to be sent at `send_on`: when it is late, or when it can be armed."""
    if send_on - now > ARM_AHEAD_MS:
        return send_on - ARM_AHEAD_MS
    return max(send_on, now) + GRACE_MS


def totals(counts: Counts) -> dict[str, int]:
    """What callers see: `targeted` is everything that has an outcome, but for those left out as stale; `failed` all of
    it that was not accepted."""
    final = {kind.value: counts.get(kind.value, 0) for kind in FINAL}
    targeted = sum(final.values()) - final[Kind.STALE]
    return {"targeted": targeted, "failed": targeted - final[Kind.ACCEPTED], **final}
