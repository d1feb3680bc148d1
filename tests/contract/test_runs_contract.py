"""Runs, their mirror in schedules, and the ledger."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fakes.made import run, schedule, shard
from push.domain.audience import Audience, AudienceKind
from push.domain.errors import Conflict, NotFound, Stale
from push.domain.idempotency import Remembered
from push.domain.page import Failure, Leftover
from push.domain.schedule import Position, Search, State
from push.domain.shard import Page, Source
from push.domain.tag import TagRef
from push.ports import Commit

On = Callable[[Callable[[Any], Awaitable[None]]], None]
ID = "s" * 24


async def opened(stores: Any) -> list[str]:
    return [each.value.id async for page in stores.ledger.open(ID) for each in page]


def test_what_is_accepted_is_stored_whole(on: On) -> None:
    async def play(stores: Any) -> None:
        listed = Audience(kind=AudienceKind.ALIASES, listed=3)
        given = schedule(audience=listed, filter_tags=(TagRef(name="n", value="v"), TagRef(id="a" * 24)))
        await stores.runs.accept(given, run(audience=listed), [["a1", "a2"], ["a3"]])
        assert await stores.schedules.get(ID) == given
        assert (await stores.runs.get(ID)).value == run(audience=listed)
        assert await stores.runs.list_items(ID, "0") == ("a1", "a2")
        assert await stores.runs.list_items(ID, "1") == ("a3",)

    on(play)


def test_a_release_that_knows_no_canary_refuses_a_run_that_has_one(on: On) -> None:
    async def play(stores: Any) -> None:
        planned = run(shards=3, canary="0290000000000000", released_at=1_000, state=State.SENDING)
        await stores.runs.accept(schedule(), planned, [])
        found = await stores.runs.get(ID)
        assert found.value == planned
        await stores.runs.move(planned.model_copy(update={"released_at": 2_000}), found.version)
        if hasattr(stores.runs, "_database"):
            stored = (await stores.runs._database.client.document(f"runs/{ID}").get()).to_dict()
            assert stored["v"] == 2  # as READABLE was before

    on(play)


def test_what_was_never_stored_is_not_there(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.schedules.get(ID) is None
        assert await stores.runs.get(ID) is None
        assert await stores.runs.list_items(ID, "0") == ()
        assert await stores.ledger.get(ID, "0") is None
        for no_id in ("", "..", "a/b", "__x__", "\udc80"):
            assert await stores.schedules.get(no_id) is None
            assert await stores.runs.get(no_id) is None
            assert await stores.schedules.list(Search(), 5, 0, Position(1_000, 0, no_id)) == ([], None)
        assert await opened(stores) == []

    on(play)


def test_a_schedule_is_accepted_once(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        with pytest.raises(Conflict):
            await stores.runs.accept(schedule(name="another"), run(), [["x"]])
        assert (await stores.schedules.get(ID)).name == "Autumn wines"
        assert await stores.runs.list_items(ID, "0") == ()

    on(play)


def test_a_move_is_mirrored_in_the_schedule(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        found = await stores.runs.get(ID)
        sent = run(state=State.SENT, wake_at=None, sent_at=7_000, counts={"targeted": 2, "accepted": 2}, shards=1)
        version = await stores.runs.move(sent, found.version)
        again = await stores.runs.get(ID)
        assert (again.value, again.version) == (sent, version)
        mirrored = await stores.schedules.get(ID)
        assert (mirrored.state, mirrored.sent_at) == (State.SENT, 7_000)
        assert mirrored.counts == {"targeted": 2, "accepted": 2}

    on(play)


def test_a_schedule_says_when_its_state_changed_and_nothing_of_how_its_run_was_armed(on: On) -> None:
    async def play(stores: Any) -> None:
        async def updated_at(**move: Any) -> int:
            found = await stores.runs.get(ID)
            await stores.runs.move(found.value.model_copy(update=move), found.version)
            updated: int = (await stores.schedules.get(ID)).updated_at
            return updated

        await stores.runs.accept(schedule(updated_at=1_000), run(), [])
        assert await updated_at(epoch=2, wake_at=40_000) == 1_000
        assert await updated_at(state=State.SENDING, started_at=5_100, shards=1) == 5_100
        assert await updated_at(state=State.SENDING, wake_at=70_000) == 5_100
        assert await updated_at(state=State.CANCELLED, ended_at=5_700, wake_at=None) == 5_700

    on(play)


def test_a_move_from_an_old_version_is_refused_and_changes_nothing(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        found = await stores.runs.get(ID)
        await stores.runs.move(run(epoch=2), found.version)
        with pytest.raises(Stale):
            await stores.runs.move(run(state=State.CANCELLED), found.version)
        assert (await stores.runs.get(ID)).value == run(epoch=2)
        assert (await stores.schedules.get(ID)).state is State.SCHEDULED

    on(play)


def test_due_runs_come_earliest_first_and_ended_ones_never(on: On) -> None:
    async def play(stores: Any) -> None:
        for number, wake_at in enumerate([9_000, 3_000, None, 6_000, 20_000]):
            id = f"{number:024x}"
            await stores.runs.accept(schedule(id), run(id, wake_at=wake_at), [])
        due = await stores.runs.due(10_000, 10)
        assert [each.value.wake_at for each in due.found] == [3_000, 6_000, 9_000]
        assert [each.value.wake_at for each in (await stores.runs.due(10_000, 2)).found] == [3_000, 6_000]

    on(play)


def test_schedules_are_listed_newest_first_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        for number in range(5):
            id = f"{number:024x}"
            await stores.runs.accept(schedule(id, created_at=number, app=number % 2), run(id), [])
        first, cursor = await stores.schedules.list(Search(), 2, 0, None)
        second, cursor = await stores.schedules.list(Search(), 2, 0, cursor)
        third, end = await stores.schedules.list(Search(), 2, 0, cursor)
        assert [s.created_at for s in (*first, *second, *third)] == [4, 3, 2, 1, 0]
        assert end is None
        offset, _ = await stores.schedules.list(Search(), 10, 3, None)
        assert [s.created_at for s in offset] == [1, 0]
        ones, _ = await stores.schedules.list(Search(app=1), 10, 0, None)
        assert [s.created_at for s in ones] == [3, 1]
        assert (await stores.schedules.count(Search()), await stores.schedules.count(Search(app=1))) == (5, 2)

    on(play)


def test_a_shard_is_created_once(on: On) -> None:
    async def play(stores: Any) -> None:
        version = await stores.ledger.create(shard())
        found = await stores.ledger.get(ID, "0")
        assert (found.value, found.version) == (shard(), version)
        with pytest.raises(Stale):
            await stores.ledger.create(shard(worker="w2"))

    on(play)


def test_a_commit_stores_everything_it_carries(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        version = await stores.ledger.create(shard())
        now = shard(cursor="k2", page=Page(number=2, end="k4", size=2), pages=2, counts={"dead": 1}, reasons={"X": 1})
        left = shard("0-0", planned=False, source=Source.LEFTOVERS, list_id="0-0", generation=1, worker=None)
        failures = [Failure("key", "device", "ios", "dead", "X")]
        version = await stores.ledger.commit(
            Commit(now, failures, [("0-0", [Leftover("k1", True), Leftover("k2")])], [left]), version
        )
        found = await stores.ledger.get(ID, "0")
        assert (found.value, found.version) == (now, version)
        assert await stores.ledger.leftovers(ID, "0-0") == (Leftover("k1", True), Leftover("k2"))
        assert await stores.ledger.leftovers(ID, "0-1") == ()
        assert (await stores.ledger.get(ID, "0-0")).value == left
        assert await opened(stores) == ["0", "0-0"]
        assert await stores.ledger.planned(ID) == {"0"}

    on(play)


def test_sums_are_of_all_shards(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.ledger.create(shard("0", counts={"accepted": 3}, good=("ios",), done=True))
        await stores.ledger.create(shard("1", counts={"accepted": 1, "dead": 2}, reasons={"UNREGISTERED": 2}))
        sums = await stores.ledger.sums(ID)
        assert (sums.counts, sums.reasons) == ({"accepted": 4, "dead": 2}, {"UNREGISTERED": 2})
        assert (sums.good, sums.done, sums.leftovers) == ({"ios"}, 1, 0)
        assert await opened(stores) == ["1"]

    on(play)


def test_a_commit_from_an_old_version_is_refused_whole(on: On) -> None:
    async def play(stores: Any) -> None:
        old = await stores.ledger.create(shard())
        await stores.ledger.commit(Commit(shard(worker="w2", attempt=2)), old)
        with pytest.raises(Stale):
            await stores.ledger.commit(Commit(shard(done=True), lists=[("0-0", [Leftover("k")])]), old)
        assert (await stores.ledger.get(ID, "0")).value.worker == "w2"
        assert await stores.ledger.leftovers(ID, "0-0") == ()

    on(play)


def test_a_run_is_finished_when_all_planned_shards_and_all_leftovers_are(on: On) -> None:
    async def play(stores: Any) -> None:
        first = await stores.ledger.create(shard("0"))
        assert not await stores.ledger.finished(ID, 2)
        left = shard("0-0", planned=False, source=Source.LEFTOVERS, list_id="0-0", worker=None)
        await stores.ledger.commit(Commit(shard("0", done=True), spilled=[left]), first)
        second = await stores.ledger.create(shard("1"))
        await stores.ledger.commit(Commit(shard("1", done=True)), second)
        assert not await stores.ledger.finished(ID, 2)
        open_ = await stores.ledger.get(ID, "0-0")
        await stores.ledger.commit(Commit(left.model_copy(update={"done": True})), open_.version)
        assert await stores.ledger.finished(ID, 2)
        assert not await stores.ledger.finished(ID, 3)

    on(play)


def test_a_document_knows_for_how_long_it_has_not_been_written(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.ledger.create(shard())
        assert 0 <= (await stores.ledger.get(ID, "0")).age_ms < 60_000

    on(play)


def test_a_revision_replaces_schedule_run_and_lists_at_once(on: On) -> None:
    async def play(stores: Any) -> None:
        listed = Audience(kind=AudienceKind.ALIASES, listed=3)
        await stores.runs.accept(schedule(audience=listed), run(audience=listed), [["a1", "a2"], ["a3"]])
        found = await stores.runs.get(ID)
        fewer = Audience(kind=AudienceKind.ALIASES, listed=1)
        new = schedule(audience=fewer, name="Winter", payload=None, revision=2, send_on=9_000)
        moved = run(audience=fewer, epoch=2, revision=2, send_on=9_000, wake_at=39_000)
        version = await stores.runs.revise(new, moved, [["b1"]], found.version)
        again = await stores.runs.get(ID)
        assert (again.value, again.version) == (moved, version)
        assert await stores.schedules.get(ID) == new
        assert await stores.runs.list_items(ID, "0") == ("b1",)
        assert await stores.runs.list_items(ID, "1") == ()
        sent = moved.model_copy(update={"epoch": 3, "revision": 3})
        await stores.runs.revise(new.model_copy(update={"revision": 3}), sent, None, version)
        assert await stores.runs.list_items(ID, "0") == ("b1",)

    on(play)


def test_a_revision_of_an_old_version_or_of_what_is_gone_changes_nothing(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [["a"]])
        found = await stores.runs.get(ID)
        version = await stores.runs.move(run(epoch=2), found.version)
        with pytest.raises(Stale):
            await stores.runs.revise(schedule(name="x"), run(epoch=3, revision=2), [["b"]], found.version)
        assert (await stores.schedules.get(ID)).name == "Autumn wines"
        assert await stores.runs.list_items(ID, "0") == ("a",)
        await stores.runs.remove(ID, run(epoch=2, removed_at=7_000), version)
        gone = await stores.runs.get(ID)
        with pytest.raises(NotFound):
            await stores.runs.revise(schedule(name="x"), run(epoch=3, revision=2), None, gone.version)
        assert (await stores.runs.get(ID)).value == run(epoch=2, removed_at=7_000)
        assert await stores.schedules.get(ID) is None

    on(play)


def test_moving_back_and_forth_between_two_moments_is_a_new_epoch_each_time(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        version = (await stores.runs.get(ID)).version
        seen = {version}
        for turn, send_on in enumerate([9_000, 5_000, 9_000, 5_000], 2):
            moved = run(epoch=turn, revision=turn, send_on=send_on, wake_at=send_on + 30_000)
            version = await stores.runs.revise(schedule(send_on=send_on, revision=turn), moved, [], version)
            assert (await stores.runs.get(ID)).value.epoch == turn
            seen.add(version)
        assert len(seen) == 5

    on(play)


def test_of_two_who_write_one_version_one_wins_and_a_removal_is_such_a_write(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        version = (await stores.runs.get(ID)).version
        await stores.runs.revise(schedule(revision=2), run(revision=2), [], version)
        with pytest.raises(Stale):
            await stores.runs.remove(ID, run(state=State.CANCELLED, wake_at=None), version)
        assert (await stores.schedules.get(ID)).revision == 2

    on(play)


def test_a_schedule_whose_run_has_expired_can_be_removed(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        await stores.runs.remove(ID, None, None)
        assert await stores.schedules.get(ID) is None

    on(play)


def test_a_memory_is_kept_though_its_schedule_goes_and_decides_between_twins(on: On) -> None:
    async def play(stores: Any) -> None:
        def memory(request: str) -> Remembered:
            return Remembered(id="f" * 64, request=request, answer=schedule(name=request), expire_at=9_000)

        assert await stores.runs.remembered("f" * 64) is None
        twins = [stores.runs.accept(schedule(name=name), run(), [], memory(name)) for name in ("one", "two", "three")]
        answers = await asyncio.gather(*twins, return_exceptions=True)
        assert sum(isinstance(answer, Conflict) for answer in answers) == 2
        kept = await stores.runs.remembered("f" * 64)
        assert kept == memory((await stores.schedules.get(ID)).name)
        await stores.runs.remove(ID, None, None)
        assert await stores.runs.remembered("f" * 64) == kept
        with pytest.raises(Conflict):
            await stores.runs.accept(schedule("t" * 24), run("t" * 24), [], memory("one"))
        assert await stores.runs.get("t" * 24) is None

    on(play)
