"""Two releases at once, as while one replaces the other: what one writes the other reads, or leaves alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contract.conftest import FirestoreStores
from fakes.made import run, schedule, shard
from push.domain.run import Run
from push.domain.shard import Shard
from push.ports import Commit, Unreadable
from push.usecases.start_run import start_run
from push.usecases.tasks import Task

RUN = "s" * 24
On = Callable[[Callable[[Any], Awaitable[None]]], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> On:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def play(body: Callable[[Any], Awaitable[None]]) -> None:
        async def whole() -> None:
            stores = FirestoreStores()
            try:
                await stores.runs.accept(schedule(), run(), [])
                await stores.ledger.create(shard())
                await body(stores)
            finally:
                await stores.close()

        asyncio.run(whole())

    return play


def document(stores: Any, path: str) -> Any:
    return stores.runs._database.client.document(path)


def test_what_a_newer_release_added_is_read_over_and_kept(on: On) -> None:
    async def play(stores: Any) -> None:
        for path in (f"runs/{RUN}", f"runs/{RUN}/shards/0"):
            await document(stores, path).update({"lanes": {"fast": 2}})
        found = await stores.runs.get(RUN)
        await stores.runs.move(found.value.model_copy(update={"epoch": 9}), found.version)
        held = await stores.ledger.get(RUN, "0")
        await stores.ledger.commit(Commit(held.value.model_copy(update={"beats": 9})), held.version)
        for path, changed in ((f"runs/{RUN}", "epoch"), (f"runs/{RUN}/shards/0", "beats")):
            stored = (await document(stores, path).get()).to_dict()
            assert (stored["lanes"], stored[changed]) == ({"fast": 2}, 9)

    on(play)


def test_what_an_older_release_did_not_write_yet_is_as_it_was_then(on: On) -> None:
    async def play(stores: Any) -> None:
        for path, model in ((f"runs/{RUN}", Run), (f"runs/{RUN}/shards/0", Shard)):
            at = document(stores, path)
            kept = {"v", *(name for name, field in model.model_fields.items() if field.is_required())}
            camel = {name.split("_")[0] + "".join(map(str.capitalize, name.split("_")[1:])) for name in kept}
            stored = (await at.get()).to_dict()
            await at.set({name: value for name, value in stored.items() if name in camel})
        assert (await stores.runs.get(RUN)).value == run()
        held = (await stores.ledger.get(RUN, "0")).value
        assert held == shard().model_copy(update={"attempt": 0, "worker": None})

    on(play)


@pytest.mark.parametrize("newer", [{"v": 99}, {"state": "levitating"}])
def test_a_run_that_this_release_cannot_read_is_left_to_the_one_that_can(on: On, newer: dict[str, Any]) -> None:
    async def play(stores: Any) -> None:
        at = document(stores, f"runs/{RUN}")
        await at.update(newer)
        before = (await at.get()).to_dict()
        # Neither done nor busy: the task fails, and is asked for again until the other release has it.
        with pytest.raises(ValueError, match="cannot read"):
            await start_run(
                Task(v=1, id=RUN, epoch=1), runs=stores.runs, ledger=stores.ledger, audience=stores.audience,
                tasks=None, ramp=None,  # type: ignore[arg-type]
            )  # fmt: skip
        due = await stores.runs.due(10**13, 10)
        assert (due.found, [each.value for each in due.unreadable]) == ([], [Unreadable(RUN, 35_000)])
        assert (await at.get()).to_dict() == before

    on(play)


def test_a_newer_releases_page_is_inherited_by_an_older_one(on: On) -> None:
    async def play(stores: Any) -> None:
        page = {"number": 3, "end": "a" * 32, "size": 20, "lane": "fast"}
        await document(stores, f"runs/{RUN}/shards/0").update({"page": page})
        found = (await stores.ledger.get(RUN, "0")).value
        assert (found.page.number, found.page.size) == (3, 20)

    on(play)
