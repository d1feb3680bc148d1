"""What an import asks of the store: many new devices at once, whose targets are whose, and who is there."""

from collections.abc import Awaitable, Callable
from typing import Any

from fakes.made import device, target
from push.ports import Known

On = Callable[[Callable[[Any], Awaitable[None]]], None]


def test_new_devices_are_stored_whole_and_what_meets_somebody_is_left_out_whole(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.devices.put_many(1, [device(1), device(2)]) == []
        newcomers = [device(n) for n in range(10, 400)]
        same_alias = device(3, "new-token", alias="alias-1")
        same_target = device(4, "other", "token-2")
        left_out = await stores.devices.put_many(1, [*newcomers[:200], same_alias, *newcomers[200:], same_target])
        assert sorted(d.id for d in left_out) == [same_alias.id, same_target.id]
        found = await stores.devices.by_aliases(1, ["alias-1", "alias-4", *(d.alias for d in newcomers)])
        assert found == {"alias-1": device(1)} | {d.alias: d for d in newcomers}
        whose = await stores.devices.owners(1, [target(v) for v in ("new-token", "other", "token-2", "token-399")])
        assert whose == {target("token-2"): device(2), target("token-399"): device(399)}

    on(play)


def test_two_new_devices_that_name_one_target_are_not_both_stored(on: On) -> None:
    async def play(stores: Any) -> None:
        left_out = await stores.devices.put_many(1, [device(1, "t"), device(2, "t")])
        assert len(left_out) == 1
        [owner] = (await stores.devices.owners(1, [target("t")])).values()
        assert {owner.id, left_out[0].id} == {device(1).id, device(2).id}

    on(play)


def test_everybody_of_an_app_is_known_and_nobody_else(on: On) -> None:
    async def play(stores: Any) -> None:
        assert [batch async for batch in stores.devices.known(1)] == []
        await stores.devices.put_many(1, [device(n, user="identified-1" if n == 2 else None) for n in range(5)])
        await stores.devices.put_many(2, [device(9, app=2)])
        found = [known async for batch in stores.devices.known(1) for known in batch]
        expected = [Known(f"{n:024x}", f"alias-{n}", 1_000, "identified-1" if n == 2 else None) for n in range(5)]
        assert sorted(found) == expected

    on(play)
