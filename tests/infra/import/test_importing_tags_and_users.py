"""Tags keep their ids, people theirs; their devices are found again."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fakes import made
from push.domain.tag import Tag, TagType
from push.domain.user import User

Row = Callable[..., dict[str, Any]]
USER = {"id": "identified-1", "email": "Ana@example.com", "name": "Ana", "surname": "Sol", "displayName": "Ana S."}


def tag(id: str, name: str, value: str, **more: Any) -> dict[str, Any]:
    return {"id": id * 24, "name": name, "value": value, "tagType": TagType.DEVICE.value, "createdAt": 1} | more


def test_tags_are_stored_with_their_ids_and_the_audit_says_who(importing: Any) -> None:
    importing(tags=[tag("a", "City", "Porto", description="home"), {"id": "b" * 24, "name": "Club", "type": None}])
    city = Tag(id="a" * 24, name="City", value="Porto", type=TagType.DEVICE, description="home")
    club = Tag(id="b" * 24, name="Club", value="", type=TagType.USER)
    assert importing.ports.tags.stored == {city.id: city, club.id: club}
    assert [(c.actor, c.resource, c.resource_id) for c in importing.ports.audit.kept] == [
        ("import", "tag", city.id),
        ("import", "tag", club.id),
    ]


def test_markets_are_given_and_what_means_something_else_under_a_known_id_is_refused(importing: Any) -> None:
    rows = [
        {"id": f"{299:024d}", "name": "Spain", "value": None, "tagType": TagType.MARKET.value},
        tag("a", "City", "Porto"),
        tag("a", "City", "Lisboa"),
        tag("c", "CITY", "porto"),
        tag("d", "Old", "one", deletedAt=5),
        tag("e", " ", "blank"),
        tag("f", "Odd", "type", tagType="7"),
    ]
    importing(tags=rows)
    assert sorted(importing.ports.tags.stored) == ["a" * 24, "c" * 24]
    assert importing.outcomes["tags"] == {"given": 1, "created": 2, "refused": 3, "deleted": 1}
    told = [(3, "id-taken", "/id"), (4, "same-name", "/name"), (6, "invalid", "/name"), (7, "invalid", "/tagType")]
    assert importing.reasons() == told


def test_a_user_and_their_devices_find_each_other(importing: Any, device_row: Row) -> None:
    devices = [device_row(1), device_row(2), device_row(3, user="identified-9")]
    links = ["anonymous-1", {"id": device_row(2)["id"]}, {"alias": "anonymous-3"}, "unknown"]
    users = [USER | {"devices": links}, {"id": "identified-2", "email": "", "aliases": []}]
    importing(users=users, devices=devices)
    now = importing.ports.clock.now()
    expected = User(
        id="identified-1", app=2, email="Ana@example.com", name="Ana", surname="Sol", display_name="Ana S.",
        created_at=now, updated_at=now,
    )  # fmt: skip
    assert importing.ports.users.stored[2, "identified-1"] == expected
    owners = {alias: device.user for (_, alias), device in importing.ports.devices.stored.items()}
    assert owners == {"anonymous-1": "identified-1", "anonymous-2": "identified-1", "anonymous-3": "identified-9"}
    assert importing.reasons() == [(1, "linked-elsewhere", "/devices/2"), (1, "device-unknown", "/devices/3")]
    importing(users=users, devices=devices)
    assert importing.outcomes == {"users": {"same": 2}, "devices": {"same": 3}, "links": {"same": 1}}


def test_two_users_with_one_address_are_not_both_stored_and_newer_ones_stay(importing: Any) -> None:
    importing.clock = 1
    here = User(id="identified-3", app=2, email="c@x.org", identity="uid", created_at=1, updated_at=9)
    importing.ports.users.stored[2, here.id] = here
    importing(
        users=[
            USER,
            {"id": "identified-2", "email": "ana@EXAMPLE.com"},
            {"id": "identified-3", "email": "old@x.org", "updatedAt": 5},
            {"id": "identified-4", "appId": 3},
            {"id": "identified-5", "name": "x" * 201},
            {"id": "identified-6", "deletedAt": 4},
        ]
    )
    assert sorted(id for _, id in importing.ports.users.stored) == ["identified-1", "identified-3"]
    assert importing.ports.users.stored[2, "identified-3"] == here
    assert sorted(importing.reasons()) == [
        (2, "email-taken", "/email"),
        (3, "stored-is-newer", "/updatedAt"),
        (4, "other-app", "/appId"),
        (5, "invalid", "/name"),
    ]
    importing(users=[{"id": "identified-3", "email": "new@x.org", "updatedAt": 20}])
    changed = importing.ports.users.stored[2, "identified-3"]
    assert (changed.email, changed.identity) == ("new@x.org", "uid")
    assert importing.outcomes["users"] == {"updated": 1}


def test_users_alone_are_linked_to_devices_that_came_before(importing: Any, device_row: Row) -> None:
    importing(devices=[device_row(1)])
    importing.ports.devices.stored[2, "own"] = made.device(7, app=2, alias="own")
    importing(users=[USER | {"devices": ["anonymous-1", "own"]}])
    assert {device.user for device in importing.ports.devices.stored.values()} == {"identified-1"}
    assert importing.outcomes["links"] == {"updated": 1}


def test_who_was_refused_as_a_user_gets_no_devices_whether_rehearsed_or_not(importing: Any, device_row: Row) -> None:
    users = [USER, {"id": "identified-2", "email": "ana@EXAMPLE.com", "devices": ["anonymous-1"]}]
    told = [(2, "email-taken", "/email"), (2, "user-unknown", "/devices")]
    for dry_run in (True, False):
        importing(dry_run=dry_run, users=users, devices=[device_row(1)])
        assert importing.reasons() == told
    assert importing.ports.devices.stored[2, "anonymous-1"].user is None


def test_of_two_rows_with_one_address_the_first_is_stored_however_long_it_takes(
    importing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = importing.ports.users.create

    async def slow(user: User) -> None:
        await asyncio.sleep(0.05 if user.id == "identified-1" else 0)
        await create(user)

    monkeypatch.setattr(importing.ports.users, "create", slow)
    importing(users=[USER, {"id": "identified-2", "email": "ana@EXAMPLE.com"}])
    assert list(importing.ports.users.stored) == [(2, "identified-1")]
