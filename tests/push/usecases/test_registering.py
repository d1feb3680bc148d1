"""Devices under attack by time: transactions that are retried, and processes that die half-way."""

import asyncio
from collections.abc import Sequence

import pytest

from fakes.devices import FakeDevices
from fakes.ports import FakePorts
from fakes.tags import FakeTags
from fakes.world import app
from push.domain.app import AliasPolicy
from push.domain.device import Device, Platform, Sync, Target, TargetKind
from push.domain.errors import Conflict, NotFound
from push.domain.tag import Tag, TagRef, TagType, tag_key
from push.ports import Decide
from push.usecases.register_device import Registered, register_device
from push.usecases.resolve_tags import resolve_tags
from push.usecases.update_device import update_device

COLOUR = TagRef(name="Colour", value="Red")


class RacedDevices(FakeDevices):
    """Somebody else writes between our read and our write: the transaction is run again."""

    def __init__(self, other: Device) -> None:
        super().__init__()
        self.other = other

    async def change(
        self, app: int, id: str | None, alias: str | None, decide: Decide, targets: Sequence[Target] = ()
    ) -> Device | None:
        decide(await self.get(app, id) if id else None, self.stored.get((app, alias or "")))
        self.stored[app, self.other.alias] = self.other
        return await super().change(app, id, alias, decide)


class DyingTags(FakeTags):
    async def create_missing(self, tags: Sequence[Tag]) -> None:
        raise RuntimeError("killed")


def other(alias: str = "a", id: str = "f" * 24) -> Device:
    return Device(id=id, app=2, alias=alias, created_at=0, updated_at=0, seen_at=0)


def ports(policy: AliasPolicy = AliasPolicy.LOCKED) -> FakePorts:
    made = FakePorts()
    made.apps.stored[2] = app(2, alias_policy=policy)
    return made


def register(ports: FakePorts, sync: Sync, refs: Sequence[TagRef] | None = None) -> Registered:
    return asyncio.run(
        register_device(2, sync, refs, apps=ports.apps, devices=ports.devices, tags=ports.tags, clock=ports.clock)
    )


def test_two_who_create_one_alias_at_once_make_one_device() -> None:
    made = ports()
    made.devices = RacedDevices(other())
    with pytest.raises(Conflict):
        register(made, Sync(alias="a"))
    assert made.devices.of(2) == [other()]


def test_where_aliases_are_open_the_second_gets_the_firsts_device_and_not_one_of_its_own() -> None:
    made = ports(AliasPolicy.OPEN)
    made.devices = RacedDevices(other())
    token = Target(kind=TargetKind.TOKEN, value="T", platform=Platform.WEB)
    registered = register(made, Sync(alias="a", tokens=(token,)))
    assert (registered.device.id, registered.created) == ("f" * 24, False)
    assert made.devices.targets(2) == [token]


def test_an_update_that_is_run_again_keeps_what_the_other_wrote() -> None:
    made = ports()
    made.devices = RacedDevices(other().model_copy(update={"email": "new@example.com"}))
    made.devices.stored[2, "a"] = other()
    updated = asyncio.run(
        update_device(
            2,
            "f" * 24,
            Sync(profile={"location": "here"}),
            None,
            apps=made.apps,
            devices=made.devices,
            tags=made.tags,
            clock=made.clock,
        )
    )
    assert (updated.email, updated.location) == ("new@example.com", "here")


def test_a_refused_request_leaves_no_tags_behind() -> None:
    made = ports()
    made.devices.stored[2, "a"] = other()
    with pytest.raises(Conflict):
        register(made, Sync(alias="a"), [COLOUR])
    with pytest.raises(NotFound):
        asyncio.run(
            update_device(
                2, "0" * 24, Sync(), [COLOUR], apps=made.apps, devices=made.devices, tags=made.tags, clock=made.clock
            )
        )
    assert made.tags.stored == {}


def test_a_death_between_device_and_tags_is_mended_by_the_next_sync() -> None:
    made = ports()
    made.tags = DyingTags()
    with pytest.raises(RuntimeError):
        register(made, Sync(alias="a"), [COLOUR])
    made.tags = FakeTags()
    device = made.devices.of(2)[0]
    writes = made.devices.writes
    register(made, Sync(id=device.id), [COLOUR])
    assert made.devices.writes == writes
    assert made.tags.stored.keys() == {tag.id for tag in device.tags}


def test_a_tag_that_is_named_twice_is_carried_and_made_once() -> None:
    made = ports()
    refs = [COLOUR, TagRef(name="COLOUR", value="red")]
    registered = register(made, Sync(alias="a"), refs)
    assert len(registered.device.tags) == len(made.tags.stored) == 1


def test_known_tags_cost_one_look_each_and_nothing_is_made() -> None:
    tags = FakeTags()
    tag = Tag(id=tag_key(TagType.DEVICE, "Colour", "Red"), name="Colour", value="Red", type=TagType.DEVICE)
    tags.stored[tag.id] = tag
    resolved = asyncio.run(
        resolve_tags([COLOUR, TagRef(id=tag.id), TagRef(id="a/b", name="colour", value="red")], tags=tags)
    )
    assert {each.id for each in resolved.carried} == {tag.id}
    assert resolved.missing == ()


def test_a_tag_that_cannot_be_told_is_left_out() -> None:
    resolved = asyncio.run(resolve_tags([COLOUR, TagRef(id="a/b")], tags=FakeTags()))
    assert [tag.name for tag in resolved.carried] == [COLOUR.name]
