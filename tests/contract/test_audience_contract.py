"""Devices and the audience that is made of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import device, target
from push.domain.device import Platform, TargetKind
from push.domain.errors import Conflict, NotFound
from push.domain.keyspace import KeyRange, cut, slice_for
from push.domain.page import NO_TARGET, STALE, Entry

On = Callable[[Callable[[Any], Awaitable[None]]], None]
ALL = KeyRange("", "")


async def scanned(stores: Any, groups: Any = (), keys: KeyRange = ALL, after: str = "", app: int = 1) -> list[Entry]:
    return [entry async for batch in stores.audience.scan(app, groups, keys, after) for entry in batch]


async def values(stores: Any, groups: Any = (), app: int = 1) -> list[str]:
    return sorted(entry.target.value for entry in await scanned(stores, groups, app=app) if entry.target)


def test_a_device_is_found_by_id_and_by_alias(on: On) -> None:
    async def play(stores: Any) -> None:
        stored = device(1, "t1", "t2", tags=("a", "b"), user="identified-1", locale="de", email="x@example.com")
        assert await stores.devices.change(1, None, stored.alias, lambda *_: stored) == stored
        assert await stores.devices.get(1, stored.id) == stored
        assert await stores.devices.by_aliases(1, [stored.alias, "nobody"]) == {stored.alias: stored}
        assert await stores.devices.ids_of(1, [stored.alias, "nobody"]) == {stored.alias: stored.id}
        assert await stores.devices.get(2, stored.id) is None

    on(play)


def test_deciding_sees_what_is_stored_and_may_leave_it(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1), device(2)])
        seen = []

        def leave(by_id: Any, by_alias: Any) -> None:
            seen.append((by_id, by_alias))

        assert await stores.devices.change(1, device(1).id, "alias-2", leave) is None
        assert seen == [(device(1), device(2))]

    on(play)


def test_an_error_while_deciding_changes_nothing(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])

        def refuse(*_: Any) -> None:
            raise NotFound("no")

        with pytest.raises(NotFound):
            await stores.devices.change(1, device(1).id, None, refuse)
        assert await stores.devices.get(1, device(1).id) == device(1)

    on(play)


def test_targets_that_a_device_no_longer_has_leave_the_audience(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, "old", "kept")])
        await stores.devices.change(1, device(1).id, None, lambda *_: device(1, "kept", "new"))
        assert await values(stores) == ["kept", "new"]

    on(play)


def test_a_changed_alias_moves_the_device_and_keeps_its_targets(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        moved = device(1, alias="another")
        await stores.devices.change(1, moved.id, "another", lambda *_: moved)
        assert await stores.devices.by_aliases(1, ["alias-1", "another"]) == {"another": moved}
        assert await stores.devices.get(1, moved.id) == moved
        (entries,) = await stores.audience.by_aliases(1, ["another"], ())
        assert [entry.target.value for entry in entries] == ["token-1"]
        assert await values(stores) == ["token-1"]

    on(play)


def test_an_alias_of_another_device_is_not_taken_over_by_a_move(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1), device(2)])
        with pytest.raises(Conflict):
            await stores.devices.change(1, device(1).id, "alias-2", lambda *_: device(1, alias="alias-2"))
        assert await values(stores) == ["token-1", "token-2"]

    on(play)


def test_a_target_that_shows_up_on_another_device_moves_there(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, "phone", "tablet"), device(2)])
        await stores.devices.change(1, None, "alias-2", lambda *_: device(2, "token-2", "phone"))
        first = await stores.devices.get(1, device(1).id)
        assert [t.value for t in first.targets] == ["tablet"]
        assert await values(stores) == ["phone", "tablet", "token-2"]
        (entries,) = await stores.audience.by_aliases(1, ["alias-2"], ())
        assert sorted(entry.target.value for entry in entries) == ["phone", "token-2"]

    on(play)


def test_a_token_and_an_installation_of_one_value_are_two_targets(on: On) -> None:
    async def play(stores: Any) -> None:
        both = device(1).model_copy(update={"targets": (target("x"), target("x", kind=TargetKind.FID))})
        await stores.devices.change(1, None, both.alias, lambda *_: both)
        assert {e.target.kind for e in await scanned(stores) if e.target} == {TargetKind.TOKEN, TargetKind.FID}

    on(play)


def test_apps_do_not_see_each_other(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        await stores.devices.put_many(2, [device(1, "other", app=2)])
        assert (await values(stores), await values(stores, app=2)) == (["token-1"], ["other"])

    on(play)


def test_a_scan_gives_everybody_once_in_order(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n) for n in range(700)])
        entries = await scanned(stores)
        assert sorted(e.target.value for e in entries if e.target) == sorted(f"token-{n}" for n in range(700))
        assert [e.position for e in entries] == sorted(e.position for e in entries)
        assert {e.device_id for e in entries} == {f"{n:024x}" for n in range(700)}

    on(play)


def test_a_scan_says_who_was_not_heard_of_for_long_and_hears_of_those_who_sync(on: On) -> None:
    async def play(stores: Any) -> None:
        seen = {1: 5_000, 2: 9_000, 3: 4_999}
        await stores.devices.put_many(1, [device(n, f"t{n}", seen_at=at) for n, at in seen.items()])

        async def stale() -> set[str]:
            batches = [batch async for batch in stores.audience.scan(1, (), KeyRange("", ""), "", 5_000)]
            return {e.target.value for batch in batches for e in batch if e.note == STALE}

        assert await stale() == {"t3"}
        assert {e.note for e in await scanned(stores)} == {""}
        await stores.devices.change(
            1, f"{3:024x}", None, lambda by_id, _: by_id.model_copy(update={"seen_at": 5_000})
        )  # fmt: skip
        assert await stale() == set()

    on(play)


def test_cuts_together_are_the_whole_and_a_cursor_goes_on_behind_itself(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n) for n in range(60)])
        whole = [e.key for e in await scanned(stores)]
        assert [e.key for n in range(7) for e in await scanned(stores, keys=cut(n, 7))] == whole
        assert [e.key for e in await scanned(stores, after=whole[20])] == whole[21:]
        first = [e.key for e in await scanned(stores, keys=cut(0, 2))]
        assert [e.key for e in await scanned(stores, keys=cut(0, 2), after=first[5])] == first[6:]

    on(play)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((("1a",),), [0, 3]),
        ((("1a", "2b"),), [0, 1, 3]),
        ((("1a",), ("2b",)), [3]),
        ((("1a", "2b"), ("c`d", "zz")), [1, 3]),
        ((("nobody",),), []),
        (((*(f"x{n}" for n in range(40)), "1a"),), [0, 3]),
    ],
)
def test_a_filter_means_any_within_a_group_and_all_groups(on: On, groups: Any, expected: list[int]) -> None:
    carried = [("1a",), ("2b", "c`d"), ("c`d",), ("1a", "2b", "zz")]

    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n, tags=tags) for n, tags in enumerate(carried)])
        assert await values(stores, groups) == [f"token-{n}" for n in expected]
        aliases = [f"alias-{n}" for n in range(4)]
        by_alias = await stores.audience.by_aliases(1, aliases, groups)
        assert [n for n, entries in enumerate(by_alias) if entries] == expected

    on(play)


def test_an_estimate_counts_a_slice(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n, tags=("a",) if n % 2 else ()) for n in range(300)])
        assert await stores.audience.estimate(1, (), ALL) == 300
        assert await stores.audience.estimate(1, (("a",),), ALL) == 150
        slice_ = slice_for("some run")
        assert await stores.audience.estimate(1, (), slice_) == len(await scanned(stores, keys=slice_))

    on(play)


def test_keys_and_aliases_that_mean_nobody_are_entries_without_target(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1), device(2).model_copy(update={"targets": ()})])
        (known,) = await scanned(stores)
        found = await stores.audience.by_keys(1, ["f" * 32, known.key])
        assert [entry.target is None for entry in found] == [True, False]
        assert [entry.key for entry in found] == ["f" * 32, known.key]
        by_alias = await stores.audience.by_aliases(1, ["alias-1", "nobody", "alias-2"], ())
        assert [[entry.target is None for entry in entries] for entries in by_alias] == [[False], [True], [True]]
        assert [entries[0].note for entries in by_alias] == ["", "", NO_TARGET]

    on(play)


async def of_users(stores: Any, users: list[str], groups: Any = ()) -> list[list[Entry]]:
    found: list[list[Entry]] = [[] for _ in users]
    async for place, entries in stores.audience.by_users(1, users, groups):
        assert len(entries) <= 500
        found[place] += entries
    return found


def test_users_are_all_of_their_devices_targets_and_nobody_is_an_entry_too(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [
            device(1, "t1", "t2", user="ann", tags=("a",)), device(2, "t3", user="ann"), device(3, user="bob"),
            device(4), device(5, user="ann", app=2).model_copy(update={"targets": ()}),
        ])  # fmt: skip
        found = await of_users(stores, ["bob", "nobody", "ann"])
        told = [sorted(entry.target.value if entry.target else "" for entry in entries) for entries in found]
        assert told == [["token-3"], [""], ["t1", "t2", "t3"]]
        assert [entry.key for entry in found[2]] == sorted(entry.key for entry in found[2])
        assert {entry.position == entry.key for entry in found[2]} == {True}
        narrowed = await of_users(stores, ["bob", "nobody", "ann"], (("a",),))
        assert [len(entries) for entries in narrowed] == [0, 1, 2]

    on(play)


def test_an_unlinked_device_is_no_longer_its_users(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, user="ann")])
        await stores.devices.change(1, device(1).id, None, lambda *_: device(1))
        ((entry,),) = await of_users(stores, ["ann"])
        assert entry.target is None

    on(play)


def test_many_users_and_a_user_of_many_devices_are_read_in_pages(on: On) -> None:
    async def play(stores: Any) -> None:
        crowd = [device(n, user=f"user-{n}") for n in range(70)]
        fleet = [device(1_000 + n, user="fleet") for n in range(1_010)]
        await stores.devices.put_many(1, [*crowd, *fleet])
        found = await of_users(stores, [f"user-{n}" for n in range(69)] + ["fleet", "user-69"])
        assert [len(entries) for entries in found] == [1] * 69 + [1_010, 1]
        assert len({entry.key for entries in found for entry in entries}) == 1_080
        keys = [entry.key for entry in found[69]]
        assert keys == sorted(keys)

    on(play)


FOUND_BY = pytest.mark.parametrize("found_by", ["scan", "alias", "user", "key", "silence"])


async def dead_of(stores: Any, found_by: str) -> list[Entry]:
    """The target "dead", as a page or the housekeeping has read it."""
    entries = await scanned(stores)
    if found_by == "alias":
        (entries,) = await stores.audience.by_aliases(1, ["alias-1"], ())
    elif found_by == "user":
        (entries,) = await of_users(stores, ["user-1"])
    elif found_by == "key":
        entries = await stores.audience.by_keys(1, [entry.key for entry in entries])
    elif found_by == "silence":
        entries, _ = await stores.audience.unseen(1, ALL, "", 2_000, 10)
    return [entry for entry in entries if entry.target and entry.target.value == "dead"]


@FOUND_BY
@pytest.mark.parametrize("moved", [False, True], ids=["on its device", "on another one"])
def test_a_phone_that_registers_while_it_is_found_dead_stays(on: On, found_by: str, moved: bool) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, "dead", "alive", user="user-1"), device(2, "other")])
        dead = await dead_of(stores, found_by)
        assert len(dead) == 1
        alias = 2 if moved else 1
        registered = device(alias, "dead", user="user-1", seen_at=9_000, updated_at=9_000)
        await stores.devices.change(1, None, f"alias-{alias}", lambda *_: registered)
        assert await stores.audience.remove(1, dead) == 0
        assert "dead" in await values(stores)
        (kept,) = await stores.audience.by_aliases(1, [f"alias-{alias}"], ())
        assert [entry.target.value for entry in kept] == ["dead"]

    on(play)


def test_who_was_not_heard_of_is_found_in_pages_and_whoever_syncs_is_not(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n, seen_at=1_000 if n % 2 else 3_000) for n in range(20)])
        found: list[Entry] = []
        after: str | None = ""
        while after is not None:
            some, after = await stores.audience.unseen(1, ALL, after, 2_000, 7)
            found += some
        assert sorted(int(entry.device_id, 16) for entry in found) == list(range(1, 20, 2))
        first, second = cut(0, 2), cut(1, 2)
        halves = [(await stores.audience.unseen(1, keys, "", 2_000, 50))[0] for keys in (first, second)]
        assert sorted(e.key for half in halves for e in half) == sorted(e.key for e in found)
        assert await stores.audience.remove(1, found) == 10
        assert await stores.audience.unseen(1, ALL, "", 2_000, 50) == ([], None)
        assert len(await scanned(stores)) == 10

    on(play)


@FOUND_BY
def test_a_dead_target_is_removed_from_audience_and_device(on: On, found_by: str) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1, "dead", "alive", user="user-1")])
        dead = await dead_of(stores, found_by)
        assert await stores.audience.remove(1, dead) == 1
        assert await values(stores) == ["alive"]
        (left,) = await stores.audience.by_aliases(1, ["alias-1"], ())
        assert [entry.target.value for entry in left] == ["alive"]
        assert await stores.audience.remove(1, dead) == 0

    on(play)


def test_platforms_survive(on: On) -> None:
    async def play(stores: Any) -> None:
        targets = tuple(target(platform.value, platform) for platform in Platform)
        await stores.devices.put_many(1, [device(1).model_copy(update={"targets": targets})])
        found = [entry.target for entry in await scanned(stores) if entry.target]
        assert {each.value: each.platform for each in found} == {p.value: p for p in Platform}

    on(play)


def test_a_phone_that_syncs_many_times_at_once_is_served_every_time(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])

        async def sync(number: int) -> Any:
            def decide(by_id: Any, _: Any) -> Any:
                return by_id.model_copy(update={"location": str(number)})

            return await stores.devices.change(1, device(1).id, None, decide, device(1).targets)

        async def install(number: int) -> Any:
            fresh = device(100 + number, "the same phone")
            return await stores.devices.change(1, None, fresh.alias, lambda *_: fresh, fresh.targets)

        synced = await asyncio.gather(*(sync(n) for n in range(12)))
        assert {each.location for each in synced} == {str(n) for n in range(12)}
        await asyncio.gather(*(install(n) for n in range(12)))
        assert await values(stores) == ["the same phone", "token-1"]

    on(play)


def test_an_id_that_nothing_could_have_is_no_device(on: On) -> None:
    async def play(stores: Any) -> None:
        for id in ("x" * 3_000, "a/b", "", "__x__"):
            assert await stores.devices.get(1, id) is None
        assert await stores.apps.by_client("x" * 3_000) is None

    on(play)
