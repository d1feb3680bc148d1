"""Under which address Amazon SNS knows a target: kept with it, and gone with it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import device, target
from push.domain.device import Platform
from push.domain.keyspace import KeyRange
from push.domain.page import Entry

On = Callable[[Callable[[Any], Awaitable[None]]], None]
ARN = "arn:aws:sns:eu-west-1:123456789012:endpoint/ADM/wines/1"
FIRE = target("token", Platform.ADM)


def fire(number: int, **fields: Any) -> Any:
    return device(number, **{"targets": (FIRE,), **fields})


async def scanned(stores: Any) -> list[Entry]:
    everything = KeyRange("", "")
    return [entry async for batch in stores.audience.scan(1, (), everything, "") for entry in batch]


async def with_endpoint(stores: Any) -> Entry:
    await stores.devices.put_many(1, [fire(1)])
    (entry,) = await scanned(stores)
    await stores.endpoints.keep(1, [entry._replace(endpoint=ARN)])
    (kept,) = await scanned(stores)
    assert (entry.endpoint, kept.endpoint) == ("", ARN)
    return kept


def test_an_endpoint_is_read_with_its_target_however_that_is_read(on: On) -> None:
    async def play(stores: Any) -> None:
        kept = await with_endpoint(stores)
        (by_key,) = await stores.audience.by_keys(1, [kept.key])
        assert (by_key.target, by_key.endpoint) == (FIRE, ARN)
        ((named,),) = await stores.audience.by_aliases(1, ["alias-1"], ())
        assert (named.version, named.endpoint) == (None, "")
        (seen,) = await stores.endpoints.look(1, [named])
        assert (seen.target, seen.version, seen.endpoint) == (FIRE, by_key.version, ARN)

    on(play)


def test_the_endpoints_of_a_devices_targets_are_found_by_the_targets_alone(on: On) -> None:
    async def play(stores: Any) -> None:
        await with_endpoint(stores)
        others = (target("android"), target("unknown", Platform.BAIDU))
        assert await stores.endpoints.of(1, [*others, FIRE]) == [ARN]
        assert await stores.endpoints.of(1, others) == []
        assert await stores.endpoints.of(1, []) == []

    on(play)


def test_a_sync_that_leaves_the_target_leaves_its_endpoint(on: On) -> None:
    async def play(stores: Any) -> None:
        await with_endpoint(stores)
        await stores.devices.change(1, device(1).id, None, lambda *_: fire(1, locale="de", updated_at=9_000))
        assert [entry.endpoint for entry in await scanned(stores)] == [ARN]

    on(play)


def test_another_device_that_brings_the_target_registers_it_anew(on: On) -> None:
    async def play(stores: Any) -> None:
        await with_endpoint(stores)
        await stores.devices.change(1, None, "alias-2", lambda *_: fire(2))
        assert [(entry.device_id, entry.endpoint) for entry in await scanned(stores)] == [(device(2).id, "")]

    on(play)


def test_the_endpoint_of_a_target_that_somebody_took_meanwhile_is_not_kept(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [fire(1)])
        (read,) = await scanned(stores)
        await stores.devices.change(1, None, "alias-2", lambda *_: fire(2))
        await stores.endpoints.keep(1, [read._replace(endpoint=ARN)])
        assert [entry.endpoint for entry in await scanned(stores)] == [""]

    on(play)


@pytest.mark.parametrize("version", [None, "as read"])
def test_a_target_that_is_gone_stays_gone(on: On, version: str | None) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [fire(1)])
        (read,) = await scanned(stores)
        await stores.devices.delete(1, device(1).id)
        entry = read._replace(endpoint=ARN, version=read.version if version else None)
        await stores.endpoints.keep(1, [entry])
        assert await scanned(stores) == []
        assert await stores.endpoints.look(1, [entry]) == [entry]

    on(play)
