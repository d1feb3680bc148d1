"""What runs keep about a device is found, and erased without a trace of others'."""

from collections.abc import Awaitable, Callable
from typing import Any

from fakes.made import run, schedule, shard
from push.domain.activity import Action, Done, Event
from push.domain.audience import Audience, AudienceKind
from push.domain.ids import Keys
from push.domain.page import Failure, nobody
from push.ports import Commit, Trace

On = Callable[[Callable[[Any], Awaitable[None]]], None]
KEY = Keys("a pepper for tests only").device("ann")
LISTED = Audience(kind=AudienceKind.ALIASES, listed=1_003)


USERS = Audience(kind=AudienceKind.USERS, listed=1_003)


async def accept(stores: Any, id: str, app: int = 1, audience: Audience = LISTED, *failures: Failure) -> None:
    lists = [["x"] * 1_000, ["bob", "ann", "eve"]] if audience.listed else []
    made = run(id, app=app, audience=audience)
    await stores.runs.accept(schedule(id, app=app, audience=audience), made, lists)
    version = await stores.ledger.create(shard(run=id))
    await stores.ledger.commit(Commit(shard(run=id, pages=1), failures), version)


def failure(device: str, target: str = "t") -> Failure:
    return Failure(target, device, "android", "dead", "UNREGISTERED")


def test_failures_are_found_by_device_and_erased(on: On) -> None:
    async def play(stores: Any) -> None:
        await accept(stores, "r1", 1, LISTED, failure("d1", "t1"), failure("d2", "t2"), failure("d1", "t3"))
        await accept(stores, "r2", 1, Audience(), failure("d1", "t1"))
        expected = [
            Trace("r1", failure("d1", "t1")),
            Trace("r1", failure("d1", "t3")),
            Trace("r2", failure("d1", "t1")),
        ]
        assert await stores.traces.failures("d1", 9) == expected
        assert await stores.traces.erase_failures("d1", 2) == 2
        assert await stores.traces.failures("d1", 9) == expected[2:]
        assert [await stores.traces.erase_failures("d1", 2) for _ in "12"] == [1, 0]
        assert len(await stores.traces.failures("d2", 9)) == 1

    on(play)


def test_an_alias_leaves_the_lists_of_its_app_and_nobody_moves_up(on: On) -> None:
    async def play(stores: Any) -> None:
        for id_ in ("r1", "r2"):
            await accept(stores, id_, 1, LISTED, failure("", nobody(KEY)), failure("", nobody("other")))
        await accept(stores, "r3", 1, Audience())
        await accept(stores, "r4", 2, LISTED, failure("", nobody(KEY)))
        assert await stores.traces.erase_alias(1, "ann", "nobody", 1_000, "", 1) == (2, "r1")
        assert await stores.runs.list_items("r2", "1") == ("bob", "ann", "eve")
        assert await stores.traces.erase_alias(1, "ann", "nobody", 999, "", 9) == (0, None), "made later"
        assert await stores.traces.erase_alias(1, "ann", "nobody", 1_000, "r1", 9) == (2, None)
        assert await stores.traces.erase_alias(1, "ann", "nobody", 1_000, "", 9) == (0, None)
        for id_ in ("r1", "r2"):
            assert await stores.runs.list_items(id_, "1") == ("bob", "nobody", "eve")
        assert await stores.runs.list_items("r4", "1") == ("bob", "ann", "eve")
        left = await stores.traces.failures("", 9)
        assert [trace.failure.target for trace in left if trace.run != "r4"] == [nobody("other")] * 2

    on(play)


def test_a_schedule_removed_after_its_lists_were_erased_stops_no_later_erasure(on: On) -> None:
    async def play(stores: Any) -> None:
        await accept(stores, "r1")
        assert await stores.traces.erase_lists(1, "", 9) is None
        found = await stores.runs.get("r1")
        await stores.runs.remove("r1", found.value.model_copy(update={"removed_at": 9}), found.version)
        assert await stores.runs.list_items("r1", "1") == ()
        changed, _ = await stores.traces.erase_alias(1, "ann", "nobody", 9_000_000_000_000, "", 9)
        assert changed == 0

    on(play)


def test_a_user_leaves_lists_of_users_and_an_alias_of_that_name_stays(on: On) -> None:
    user = Keys("a pepper for tests only").user("ann")

    async def play(stores: Any) -> None:
        await accept(stores, "r1", 1, USERS, failure("", nobody(user)), failure("", nobody(KEY)))
        await accept(stores, "r2", 1, LISTED)
        assert await stores.traces.erase_user(1, "ann", "nobody", "", 9) == (2, None)
        assert await stores.runs.list_items("r1", "1") == ("bob", "nobody", "eve")
        assert await stores.runs.list_items("r2", "1") == ("bob", "ann", "eve")
        assert [trace.failure.target for trace in await stores.traces.failures("", 9)] == [nobody(KEY)]
        assert await stores.traces.erase_alias(1, "ann", "nobody", 1_000, "", 9) == (1, None)

    on(play)


def test_activity_is_found_by_device_and_erased_and_what_was_counted_stays_counted(on: On) -> None:
    async def play(stores: Any) -> None:
        events = [
            Event("r1", "d1", Action.OPEN, "ios", 7_000),
            Event("r1", "d1", Action.RECEIPT, "ios", 6_000),
            Event("r1", "d2", Action.RECEIPT, "ios", 6_000),
            Event("r2", "d1", Action.DISMISS, "web", 8_000),
        ]
        await stores.activity.record_many(events)
        before = (await stores.activity.tally("r1"))[:3]
        assert await stores.traces.activity("d1", 9) == [
            Done("r1", "ios", {Action.RECEIPT: 6_000, Action.OPEN: 7_000}),
            Done("r2", "web", {Action.DISMISS: 8_000}),
        ]
        assert len(await stores.traces.activity("d1", 1)) == 1
        assert [await stores.traces.erase_activity("d1", 1) for _ in "123"] == [1, 1, 0]
        assert await stores.traces.activity("d1", 9) == []
        assert len(await stores.traces.activity("d2", 9)) == 1
        assert (await stores.activity.tally("r1"))[:3] == before

    on(play)
