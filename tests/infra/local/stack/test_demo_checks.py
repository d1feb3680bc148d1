"""The demo says what is wrong when a phone did not get exactly what it should."""

from dataclasses import replace

import pytest

from infra.local.demo.campaigns import campaigns
from infra.local.demo.checks import Check, check
from infra.local.demo.fleet import before_reinstall, fleet
from infra.local.demo.phones import Arrival, Shown
from infra.local.demo.played import Played

CAMPAIGN = campaigns("tag")[0]
PLAYED = Played(CAMPAIGN, "s1", 1_000, 2_000, frozenset({"a", "b"}), "sent", {"accepted": 2, "failed": 0})
ARRIVALS = [Arrival(2_000, "a", "s1"), Arrival(2_300, "b", "s1")]
MESSAGE = Shown("s1", False, *CAMPAIGN.shown)
SHOWN = {"a": [MESSAGE], "b": [MESSAGE], "c": []}


def wrong(checks: list[Check]) -> list[str]:
    return [reason for one in checks for reason in one.wrong]


def test_a_demo_that_went_well_has_nothing_against_it() -> None:
    assert wrong(check([PLAYED], ARRIVALS, SHOWN)) == []


@pytest.mark.parametrize(
    ("arrivals", "told"),
    [
        (ARRIVALS[:1], "b got nothing"),
        ([*ARRIVALS, ARRIVALS[0]], "a got it 2 times"),
        ([*ARRIVALS, Arrival(2_400, "c", "s1")], "c was not meant"),
        ([*ARRIVALS, Arrival(2_400, "c", "s2")], "c got a message of schedule s2, which nobody posted"),
        ([ARRIVALS[0], Arrival(1_990, "b", "s1")], "b got a message 10 ms early"),
    ],
)
def test_every_message_too_few_too_many_or_too_early_is_told(arrivals: list[Arrival], told: str) -> None:
    assert told in wrong(check([PLAYED], arrivals, SHOWN))


def test_a_schedule_that_ended_otherwise_is_told() -> None:
    assert "ended failed instead of sent" in wrong(check([replace(PLAYED, state="failed")], ARRIVALS, SHOWN))


def test_counts_that_differ_from_the_inbox_are_told() -> None:
    told = wrong(check([replace(PLAYED, counts={"accepted": 1, "failed": 1})], ARRIVALS, SHOWN))
    assert any("the inbox holds 2" in reason for reason in told)


@pytest.mark.parametrize("other", [replace(MESSAGE, title="Hello"), replace(MESSAGE, silent=True)])
def test_a_phone_that_shows_something_else_is_told(other: Shown) -> None:
    assert any(reason.startswith("b lacks") for reason in wrong(check([PLAYED], ARRIVALS, SHOWN | {"b": [other]})))


def test_the_fleet_has_sixty_devices_and_no_target_twice() -> None:
    devices = fleet()
    targets = [target.value for device in (*devices, before_reinstall(devices[-1])) for target in device.targets]
    assert len(devices) == 60
    assert len(set(targets)) == len(targets) == 62
    assert {device.platform for device in devices} == {"android", "ios", "web"}
    assert [device.alias for device in devices[:2]] == ["alias1", "alias2"]
