"""The demo says what is wrong when a phone did not get exactly what it should."""

from dataclasses import replace
from typing import Any

import pytest

from infra.local.demo.campaigns import campaigns
from infra.local.demo.checks import Check, check
from infra.local.demo.fleet import before_reinstall, fleet
from infra.local.demo.phones import Arrival, Shown
from infra.local.demo.played import Played
from infra.local.demo.readers import readers, reporting

CAMPAIGN = campaigns("tag", "template")[0]
PLAYED = Played(
    CAMPAIGN, "s1", 1_000, 2_000, frozenset({"a", "b"}), "sent", {"accepted": 2, "failed": 0},
    received=frozenset({"a", "b"}), opened=frozenset({"a"}),
    results={"activity": {"receipt": 2, "open": 1, "dismiss": 0}, "rates": {"receipt": 1.0, "open": 0.5}},
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("results", "told"),
    [
        ({}, "receipt is counted None times, but 2 phones reported it"),
        ({"activity": {"receipt": 3, "open": 1}}, "receipt is counted 3 times, but 2 phones reported it"),
        ({"rates": {"receipt": 1.0, "open": 0.4}}, "a rate of 0.4 is not what 1 phones with open are"),
    ],
)
def test_reports_that_are_lost_or_counted_twice_are_told(results: dict[str, Any], told: str) -> None:
    one = replace(PLAYED, results=results and PLAYED.results | results)
    assert any(told in reason for reason in wrong(check([one], ARRIVALS, SHOWN)))


@pytest.mark.parametrize("other", [replace(MESSAGE, title="Hello"), replace(MESSAGE, silent=True)])
def test_a_phone_that_shows_something_else_is_told(other: Shown) -> None:
    assert any(reason.startswith("b lacks") for reason in wrong(check([PLAYED], ARRIVALS, SHOWN | {"b": [other]})))


def test_what_a_template_says_and_what_its_sender_fills_in_are_one_message() -> None:
    filled = next(campaign for campaign in campaigns("tag", "template") if campaign.template)
    assert filled.shown == ("Bottle of the day", "A Rioja from 2016, only today.")
    assert filled.request(2, 0)["template"] == "template"


def test_browsers_report_nothing_and_some_people_open_what_they_get() -> None:
    devices = fleet()
    assert len(reporting(devices)) == 40
    assert readers(devices) < reporting(devices)
    assert len(readers(devices)) == 14


def test_the_fleet_has_sixty_devices_and_no_target_twice() -> None:
    devices = fleet()
    targets = [target.value for device in (*devices, before_reinstall(devices[-1])) for target in device.targets]
    assert len(devices) == 60
    assert len(set(targets)) == len(targets) == 62
    assert {device.platform for device in devices} == {"android", "ios", "web"}
    assert [device.alias for device in devices[:2]] == ["alias1", "alias2"]
