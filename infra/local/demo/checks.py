"""Did every phone get exactly what it should, and no phone anything else? Pure: from what was seen to sentences."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from infra.local.demo.phones import Arrival, Shown
from infra.local.demo.played import Played

# Rates are answered with four digits.
_ROUNDED = 0.0001


class Check(NamedTuple):
    """A sentence that should be true, and what speaks against it."""

    sentence: str
    wrong: list[str]


def check(played: Sequence[Played], arrivals: Sequence[Arrival], shown: Mapping[str, Sequence[Shown]]) -> list[Check]:
    """`shown` holds what every phone that exists displays, by target."""
    return [
        *(_exactly_those_meant(one, arrivals) for one in played),
        Check("No phone got anything else", list(_anything_else(played, arrivals))),
        Check("Nothing was sent before its time", list(_too_early(played, arrivals))),
        Check("The API reports what FCM accepted", list(_counts_differ(played, arrivals))),
        Check("Each receipt and open is counted once", list(_activity_differs(played))),
        Check("Every phone shows what was written", list(_texts_differ(played, shown))),
    ]


def _exactly_those_meant(one: Played, arrivals: Iterable[Arrival]) -> Check:
    got = Counter(arrival.target for arrival in arrivals if arrival.schedule == one.id)
    wrong = [f"ended {one.state} instead of sent"] if one.state != "sent" else []
    wrong += [f"{target} got nothing" for target in sorted(one.expected - got.keys())]
    wrong += [f"{target} was not meant" for target in sorted(got.keys() - one.expected)]
    wrong += [f"{target} got it {times} times" for target, times in sorted(got.items()) if times > 1]
    return Check(f"{one.campaign.name}: each of {len(one.expected)} phones got it once, nobody else", wrong)


def _anything_else(played: Sequence[Played], arrivals: Iterable[Arrival]) -> Iterable[str]:
    known = {one.id for one in played}
    for arrival in arrivals:
        if arrival.schedule not in known:
            yield f"{arrival.target} got a message of schedule {arrival.schedule or '(none)'}, which nobody posted"


def _too_early(played: Sequence[Played], arrivals: Iterable[Arrival]) -> Iterable[str]:
    due = {one.id: one.due for one in played}
    for arrival in arrivals:
        if (early := due.get(arrival.schedule, arrival.at) - arrival.at) > 0:
            yield f"{arrival.target} got a message {early} ms early"


def _counts_differ(played: Sequence[Played], arrivals: Sequence[Arrival]) -> Iterable[str]:
    accepted = Counter(arrival.schedule for arrival in arrivals)
    for one in played:
        said = (one.counts.get("accepted"), one.counts.get("failed"))
        if said != (accepted[one.id], 0):
            yield f"{one.campaign.name}: accepted, failed {said}, but the inbox holds {accepted[one.id]}"


def _activity_differs(played: Sequence[Played]) -> Iterable[str]:
    for one in played:
        for action, phones in (("receipt", one.received), ("open", one.opened)):
            counted = one.results.get("activity", {}).get(action)
            rate = one.results.get("rates", {}).get(action, 0)
            if counted != len(phones):
                yield f"{one.campaign.name}: {action} is counted {counted} times, but {len(phones)} phones reported it"
            elif abs(rate - len(phones) / max(1, one.counts.get("accepted", 0))) > _ROUNDED:
                yield f"{one.campaign.name}: a rate of {rate} is not what {len(phones)} phones with {action} are"


def _texts_differ(played: Sequence[Played], shown: Mapping[str, Sequence[Shown]]) -> Iterable[str]:
    for target, messages in shown.items():
        meant = [
            Shown(one.id, one.campaign.payload is None, *one.campaign.shown) for one in played if target in one.expected
        ]
        if Counter(meant) != Counter(messages):
            missing, more = Counter(meant) - Counter(messages), Counter(messages) - Counter(meant)
            yield f"{target} lacks {list(missing) or 'nothing'} and shows {list(more) or 'nothing'} instead"
