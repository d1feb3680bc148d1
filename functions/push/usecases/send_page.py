"""One page: a message for each target, and an outcome for each target."""

import asyncio
from collections.abc import Sequence

from push.domain.device import Platform
from push.domain.outcome import Kind, Outcome
from push.domain.page import HALTED, NO_SENDER, NO_TARGET, OWN_CODES, STALE, TOO_LATE, UNREADABLE, Entry
from push.domain.rendering import FCM_PLATFORMS, Rendering, render, render_sns
from push.domain.run import HALT_AFTER, Run
from push.domain.shard import Source
from push.ports import Relay, Sender, Watch

_NO_DEVICE = Outcome(Kind.NO_DEVICE, "NO_SUCH_DEVICE")
_NOBODY = {
    UNREADABLE: Outcome(Kind.REJECTED, UNREADABLE),
    NO_TARGET: Outcome(Kind.NO_DEVICE, NO_TARGET),
    STALE: Outcome(Kind.STALE, STALE),
}
_NO_SENDER = Outcome(Kind.REJECTED, NO_SENDER)
_HALTED = Outcome(Kind.REJECTED, HALTED)
_TOO_LATE = Outcome(Kind.EXPIRED, TOO_LATE)


async def send_page(
    run: Run, entries: Sequence[Entry], *, sender: Sender, relay: Relay | None, now: int, watch: Watch | None = None
) -> list[Outcome]:
    """Outcomes in the order of the entries. `run` is as it was read for this page: what it halts is not sent. `watch`
    sees outcomes as they come, by the entry's place."""
    outcomes: list[Outcome | None] = [None] * len(entries)
    renderings: dict[Platform, Rendering] = {}
    messages: list[bytes] = []
    places: list[int] = []
    relayed: dict[Platform, list[int]] = {}
    sendable = {*FCM_PLATFORMS, *(run.sns_applications if relay else ())}
    # How long a phone may still get it is what is left until the run expires, at each attempt anew.
    ttl_s = (run.expires_at - now) // 1000
    for place, entry in enumerate(entries):
        if entry.target is None or entry.note:
            outcomes[place] = _NOBODY.get(entry.note, _NO_DEVICE)
        elif entry.target.platform not in sendable:
            outcomes[place] = _NO_SENDER
        elif entry.target.platform in run.halted_renderings:
            outcomes[place] = _HALTED
        elif now >= run.expires_at:
            # This process was paused since the page was allowed.
            outcomes[place] = _TOO_LATE
        elif entry.target.platform in FCM_PLATFORMS:
            platform = entry.target.platform
            if platform not in renderings:
                renderings[platform] = Rendering(render(run.content, platform, ttl_s, now // 1000))
            messages.append(renderings[platform].to(entry.target))
            places.append(place)
        else:
            relayed.setdefault(entry.target.platform, []).append(place)

    async def by_fcm(told: Watch | None) -> None:
        sent = sender.send(run.firebase_project, messages, run.urgent, told, run.expires_at)
        for place, outcome in zip(places, await sent, strict=True):
            outcomes[place] = outcome

    async def by_sns(relay: Relay, platform: Platform, places: Sequence[int]) -> None:
        message = render_sns(run.content, platform, ttl_s)
        theirs = [entries[place] for place in places]
        found = await relay.send(run.app, run.sns_applications[platform], message, theirs, run.expires_at)
        for place, outcome in zip(places, found, strict=True):
            outcomes[place] = outcome
            if watch:
                watch(place, outcome)

    told = _placed(watch, outcomes, places) if watch else None
    beside = [by_sns(relay, platform, theirs) for platform, theirs in relayed.items()] if relay else []
    await asyncio.gather(by_fcm(told), *beside)
    return [outcome for outcome in outcomes if outcome is not None]


def _placed(watch: Watch, outcomes: Sequence[Outcome | None], places: Sequence[int]) -> Watch:
    """Sees messages by their place; what is not sent has its outcome already."""
    for place, outcome in enumerate(outcomes):
        if outcome is not None:
            watch(place, outcome)
    return lambda index, outcome: watch(places[index], outcome)


def rejected_by_fcm(outcome: Outcome) -> bool:
    """Not what we did not even send."""
    return outcome.kind is Kind.REJECTED and outcome.code not in OWN_CODES


class HaltWatch:
    """Sees renderings that FCM rejects for everybody: 20 distinct targets rejected and none accepted.

    One that was accepted once is good; later rejections belong to their targets. A dead target says nothing. Only what
    was read in the order of hashed keys counts as evidence: that is a sample of the audience, while the first aliases
    of a list, or leftovers, say nothing of the others.
    """

    def __init__(self, source: Source) -> None:
        self._sample = source is Source.RANGE
        self._resumed_at: int | None = None
        self._rejected: dict[Platform, set[str]] = {}
        self.good: set[Platform] = set()

    def see(self, run: Run, entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> set[Platform]:
        """Platforms whose rendering is to be halted, unless another shard has had it accepted. `run` as it was read for
        that page: what was rejected before it was resumed may have been mended."""
        if run.resumed_at != self._resumed_at:
            self._resumed_at = run.resumed_at
            self._rejected.clear()
        for entry, outcome in zip(entries, outcomes, strict=True):
            if entry.target is None:
                continue
            platform = entry.target.platform
            if platform in self.good:
                continue
            if outcome.kind is Kind.ACCEPTED:
                self.good.add(platform)
            elif rejected_by_fcm(outcome):
                self._rejected.setdefault(platform, set()).add(entry.key)
        many = {platform for platform, keys in self._rejected.items() if len(keys) >= HALT_AFTER}
        return (many - self.good) if self._sample else set()


def without_credential(entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> set[Platform]:
    """Platforms of which nothing gets through: FCM lacks a credential at Apple or for web push, or Amazon SNS is not
    ours to use."""
    return {
        entry.target.platform
        for entry, outcome in zip(entries, outcomes, strict=True)
        if entry.target and outcome.refuses_platform
    }
