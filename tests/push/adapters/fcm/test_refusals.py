"""FCM refuses fresh access tokens: for a moment, or for good."""

from push.adapters.fcm.refusals import Refusals
from push.domain.outcome import ACCEPTED, UNAUTHENTICATED, Kind, Outcome

REFUSED = Outcome(Kind.MISCONFIGURED, UNAUTHENTICATED)
LATER = Outcome(Kind.RETRY, UNAUTHENTICATED, 10)
DEAD = Outcome(Kind.DEAD, "UNREGISTERED")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_refusal_is_waited_for_until_it_has_lasted() -> None:
    clock = Clock()
    refusals = Refusals(30, clock)
    for seconds, outcome in ((0, LATER), (12, LATER), (17, LATER), (1, REFUSED), (100, REFUSED)):
        clock.now += seconds
        assert refusals.judged("demo", [REFUSED, DEAD]) == [outcome, DEAD]


def test_who_is_accepted_in_between_ends_it() -> None:
    clock = Clock()
    refusals = Refusals(30, clock)
    assert refusals.judged("demo", [REFUSED]) == [LATER]
    clock.now += 20
    assert refusals.judged("demo", [ACCEPTED, REFUSED]) == [ACCEPTED, LATER]
    clock.now += 29
    assert refusals.judged("demo", [REFUSED]) == [LATER]
    assert refusals.judged("demo", [ACCEPTED]) == [ACCEPTED]
    clock.now += 29
    assert refusals.judged("demo", [REFUSED]) == [LATER]


def test_a_refusal_of_long_ago_was_another_one() -> None:
    clock = Clock()
    refusals = Refusals(30, clock)
    assert refusals.judged("demo", [REFUSED]) == [LATER]
    clock.now += 301
    assert refusals.judged("demo", [REFUSED]) == [LATER]
    clock.now += 30
    assert refusals.judged("demo", [REFUSED]) == [REFUSED]


def test_projects_are_refused_each_for_itself() -> None:
    clock = Clock()
    refusals = Refusals(30, clock)
    assert refusals.judged("one", [REFUSED]) == [LATER]
    clock.now += 30
    assert refusals.judged("two", [REFUSED]) == [LATER]
    assert refusals.judged("one", [REFUSED]) == [REFUSED]


def test_what_is_misconfigured_otherwise_is_said_at_once() -> None:
    denied = Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
    assert Refusals(30, Clock()).judged("demo", [denied]) == [denied]
