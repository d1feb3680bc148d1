"""Devices of HALO arrive as they were, and never over something newer."""

from collections.abc import Callable
from typing import Any

import pytest

from fakes import made
from push.domain.device import Device, Platform, Target, TargetKind
from push.domain.markets import MARKETS
from push.domain.tag import Tag, TagType, tag_key

Row = Callable[..., dict[str, Any]]
SPAIN = next(id for id, market in MARKETS.items() if market.name == "Spain")
TAG = {"id": "56deeb7e669aee2a00bc82ec", "name": "Platform Name", "value": "android", "tagType": "0" * 23 + "1"}


def stored(importing: Any, alias: str) -> Device:
    device: Device = importing.ports.devices.stored[2, alias]
    return device


def test_a_device_keeps_its_id_alias_tags_and_moments(importing: Any, device_row: Row) -> None:
    importing(tags=[TAG], devices=[device_row(1, user={"id": "identified-1"})])
    device = stored(importing, "anonymous-1")
    assert (device.id, device.app, device.user) == (device_row(1)["id"], 2, "identified-1")
    assert (device.created_at, device.updated_at, device.seen_at) == (1_001, 5_000, 5_000)
    assert device.targets == (Target(kind=TargetKind.TOKEN, value="token-1", platform=Platform.ANDROID),)
    assert [(tag.id, tag.name, tag.value) for tag in device.tags] == [(TAG["id"], "Platform Name", "android")]
    assert device.location == "52.37,4.90"
    assert importing.outcomes["devices"] == {"created": 1}


def test_once_more_changes_nothing_and_says_so(importing: Any, device_row: Row) -> None:
    rows = [device_row(n) for n in range(5)]
    importing(tags=[TAG], devices=rows)
    before, writes = dict(importing.ports.devices.stored), importing.ports.devices.writes
    importing(tags=[TAG], devices=rows)
    assert (importing.ports.devices.stored, importing.ports.devices.writes) == (before, writes)
    assert importing.outcomes == {"tags": {"same": 1}, "devices": {"same": 5}}
    assert importing.report == []


def test_tags_are_resolved_as_the_api_does_and_unknown_pairs_are_made_first(importing: Any, device_row: Row) -> None:
    tags = [
        {"id": "f" * 24, "name": "City", "value": "Porto"},
        {"id": SPAIN, "name": "Spain"},
        {"id": "e" * 24},
    ]
    importing(devices=[device_row(1, tags=tags), device_row(2, tags=[{"name": "CITY", "value": "porto"}])])
    made_here = Tag(id=tag_key(TagType.DEVICE, "City", "Porto"), name="City", value="Porto", type=TagType.DEVICE)
    assert importing.ports.tags.stored == {made_here.id: made_here}
    assert [tag.id for tag in stored(importing, "anonymous-1").tags] == [made_here.id, SPAIN]
    assert [(tag.id, tag.name) for tag in stored(importing, "anonymous-2").tags] == [(made_here.id, "CITY")]
    assert importing.reasons() == [(1, "tag-unknown", "/tags/2")]
    assert importing.outcomes["devices"] == {"created": 2}


@pytest.mark.parametrize(
    ("row", "reason", "pointer"),
    [
        ({"appId": 3}, "other-app", "/appId"),
        ({"id": None}, "invalid", "/id"),
        ({"id": "a/b"}, "invalid", "/id"),
        ({"alias": ""}, "invalid", "/alias"),
        ({"updatedAt": None}, "invalid", "/updatedAt"),
        ({"createdAt": -1}, "invalid", "/createdAt"),
        ({"devices": [{"platform": "fridge", "token": "t"}]}, "invalid", "/devices/0/platform"),
        ({"devices": [{"platform": "ios"}]}, "invalid", "/devices/0/token"),
        ({"tags": "none"}, "invalid", "/tags"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_row_that_cannot_be_a_device_is_refused_and_the_next_one_is_not(
    importing: Any, device_row: Row, row: dict[str, Any], reason: str, pointer: str
) -> None:
    importing(devices=[device_row(1, **row), device_row(2)])
    assert importing.reasons() == [(1, reason, pointer)]
    assert importing.outcomes["devices"] == {"refused": 1, "created": 1}
    assert list(importing.ports.devices.stored) == [(2, "anonymous-2")]


def test_lines_that_are_no_rows_are_refused_by_their_number(importing: Any, device_row: Row) -> None:
    wide = device_row(1, location="x" * 1_100_000)
    lines = ["\ufeff\n", "{broken\n", "\n", "[1]\n", wide, '{"id": "\\ud800"}\n', device_row(2), "{"]
    importing(devices=lines)
    assert importing.reasons() == [
        (2, "malformed", ""), (4, "invalid", ""), (5, "too-large", ""), (6, "invalid", "/id"), (8, "malformed", ""),
    ]  # fmt: skip
    assert list(importing.ports.devices.stored) == [(2, "anonymous-2")]
    assert all("\ud800" not in row["message"] and row["message"] for row in importing.report)


def test_a_device_that_halo_deleted_is_left_out_and_counted(importing: Any, device_row: Row) -> None:
    importing(devices=[device_row(1, deletedAt=6_000)])
    assert importing.outcomes["devices"] == {"deleted": 1}
    assert importing.ports.devices.stored == {}


def test_a_phone_that_registered_here_since_the_export_is_not_set_back(importing: Any, device_row: Row) -> None:
    anew = made.device(1, "new-token", app=2, alias="anonymous-1", updated_at=9_000)
    synced = made.device(2, "newer", app=2, id=device_row(2)["id"], alias="anonymous-2", updated_at=9_000)
    importing.ports.devices.stored = {(2, d.alias): d for d in (anew, synced)}
    importing(devices=[device_row(1), device_row(2)])
    assert importing.ports.devices.stored == {(2, "anonymous-1"): anew, (2, "anonymous-2"): synced}
    assert sorted(importing.reasons()) == [(1, "registered-anew", "/alias"), (2, "stored-is-newer", "/updatedAt")]
    assert importing.outcomes["devices"] == {"newer": 2}


def test_an_alias_of_an_older_device_is_refused_since_one_of_the_two_is_wrong(importing: Any, device_row: Row) -> None:
    importing(devices=[device_row(1, updatedAt=10), device_row(2, alias="anonymous-1", updatedAt=20)])
    assert stored(importing, "anonymous-1").id == device_row(1)["id"]
    assert importing.reasons() == [(2, "alias-taken", "/alias")]


def test_of_two_rows_of_one_device_the_newer_one_stays_whichever_comes_first(importing: Any, device_row: Row) -> None:
    older, newer = device_row(1, updatedAt=10, location="old"), device_row(1, updatedAt=20, location="new", user="u")
    importing(devices=[older, newer, older])
    assert stored(importing, "anonymous-1").location == "new"
    moved = device_row(1, updatedAt=30, alias="moved", devices=[])
    importing(devices=[moved])
    assert list(importing.ports.devices.stored) == [(2, "moved")]
    assert stored(importing, "moved").user == "u"
    assert importing.outcomes["devices"] == {"updated": 1}


@pytest.mark.parametrize("first_is_newer", [True, False], ids=["newer first", "older first"])
def test_a_target_of_two_devices_stays_with_the_newer_one(
    importing: Any, device_row: Row, first_is_newer: bool
) -> None:
    same = {"devices": [{"platform": "ios", "token": "own"}, {"platform": "ios", "token": "phone"}]}
    newer = device_row(1, updatedAt=20, **same)
    older = device_row(2, updatedAt=10, devices=[{"platform": "ios", "token": "o"}, *same["devices"][1:]])
    importing(devices=[newer, older] if first_is_newer else [older, newer])
    assert [t.value for t in stored(importing, "anonymous-1").targets] == ["own", "phone"]
    assert [t.value for t in stored(importing, "anonymous-2").targets] == ["o"]
    assert importing.reasons() == ([(2, "target-elsewhere", "/devices/1")] if first_is_newer else [])
    importing(devices=[newer, older])
    assert importing.outcomes["devices"] == {"same": 2}


def test_a_target_that_fcm_said_is_gone_does_not_come_back(importing: Any, device_row: Row) -> None:
    importing(devices=[device_row(1)])
    dead = stored(importing, "anonymous-1").model_copy(update={"targets": (), "dead_at": 7_000})
    importing.ports.devices.stored[2, "anonymous-1"] = dead
    importing(devices=[device_row(1)])
    assert stored(importing, "anonymous-1") == dead
