"""What only the real store can do to us: unreadable documents, refused deletes, lost answers. On the emulator alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from google.api_core import exceptions as google
from google.cloud.firestore_v1.async_transaction import AsyncTransaction

from contract.conftest import KEYS, FirestoreStores
from contract.test_audience_contract import scanned
from fakes.made import device, run, schedule, shard
from push import logs
from push.domain.errors import Unavailable
from push.domain.page import UNREADABLE
from push.domain.run import Run
from push.ports import Commit

On = Callable[[Callable[[Any], Awaitable[None]]], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> On:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def play(body: Callable[[Any], Awaitable[None]]) -> None:
        async def whole() -> None:
            stores = FirestoreStores()
            try:
                await body(stores)
            finally:
                await stores.close()

        asyncio.run(whole())

    return play


def document(stores: Any, path: str) -> Any:
    return stores.runs._database.client.document(path)


@pytest.mark.parametrize("broken", [{"platform": "huawei"}, {"kind": "pigeon"}, {"value": 5}])
def test_a_target_that_cannot_be_read_stops_no_scan_and_no_list(on: On, broken: dict[str, Any]) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n) for n in range(20)])
        entries = await scanned(stores)
        await document(stores, f"apps/1/targets/{entries[3].key}").update(broken)
        again = await scanned(stores)
        assert [e.key for e in again] == [e.key for e in entries]
        listed = await stores.audience.by_keys(1, [e.key for e in entries])
        assert [e.key for e in listed if e.note == UNREADABLE] == [entries[3].key]
        if "value" not in broken:
            assert [e.key for e in again if e.note == UNREADABLE] == [entries[3].key]

    on(play)


def test_a_device_that_cannot_be_read_stops_no_list_and_tells_the_log_nothing_of_a_person(
    on: On, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(n, f"secret-token-{n}", email="jane@example.com") for n in range(5)])
        broken = {"email": {"is": "jane@example.com"}, "targets": [{"kind": "token", "value": "secret-token-3"}]}
        await document(stores, f"apps/1/devices/{KEYS.device('alias-3')}").update(broken)
        found = await stores.audience.by_aliases(1, [f"alias-{n}" for n in range(5)], ())
        assert [bool(entries[0].target) for entries in found] == [True, True, True, False, True]
        assert found[3][0].note == UNREADABLE
        try:
            await stores.devices.by_aliases(1, ["alias-3"])
        except ValueError as error:
            logs.event("request-crashed", "ERROR", error=error)

    on(play)
    said = capsys.readouterr().err
    assert "device-unreadable" in said
    assert "request-crashed" in said
    assert "jane" not in said
    assert "secret" not in said


def test_a_shard_that_cannot_be_read_stops_no_sweep(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.ledger.create(shard("0"))
        await stores.ledger.create(shard("1"))
        await document(stores, f"runs/{'s' * 24}/shards/0").update({"v": 99})
        assert [each.value.id async for page in stores.ledger.open("s" * 24) for each in page] == ["1"]
        assert await stores.ledger.planned("s" * 24) == {"0", "1"}

    on(play)


def test_a_target_that_was_written_since_stays_on_its_device_too(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        entries = await scanned(stores)
        changed = device(1, tags=("x",))
        await stores.devices.change(1, changed.id, None, lambda *_: changed)
        assert await stores.audience.remove(1, entries) == 0
        assert (await stores.devices.get(1, changed.id)).targets == changed.targets

    on(play)


def test_a_removal_that_died_half_way_is_finished_by_the_next(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        (entry,) = await scanned(stores)
        await document(stores, f"apps/1/targets/{entry.key}").delete()
        (entries,) = await stores.audience.by_aliases(1, ["alias-1"], ())
        await stores.audience.remove(1, entries)
        assert (await stores.devices.get(1, device(1).id)).targets == ()

    on(play)


def test_a_target_registered_while_its_old_message_was_on_its_way_stays(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        (entries,) = await stores.audience.by_aliases(1, ["alias-1"], ())
        changed = device(1, tags=("x",))
        await stores.devices.change(1, changed.id, None, lambda *_: changed)
        assert await stores.audience.remove(1, entries) == 0
        assert len(await scanned(stores)) == 1

    on(play)


def refusing(stores: Any, times: int, store: bool) -> None:
    """Makes the next commits fail with 503, after having stored them or before."""
    client = stores.runs._database.client
    real = client.batch

    def batch() -> Any:
        made = real()
        commit = made.commit

        async def failing(**how: Any) -> Any:
            nonlocal times
            times -= 1
            if times < 0:
                return await commit(**how)
            if store:
                await commit(**how)
            raise google.ServiceUnavailable("the answer was lost")

        made.commit = failing
        return made

    client.batch = batch


@pytest.mark.parametrize("change", [{"halted_renderings": ("android",)}, {"epoch": 2}, {"reason": "x"}])
@pytest.mark.parametrize("store", [True, False])
def test_a_commit_whose_answer_was_lost_is_done_once_and_never_only_believed(
    on: On, change: dict[str, Any], store: bool
) -> None:
    async def play(stores: Any) -> None:
        await stores.runs.accept(schedule(), run(), [])
        found = await stores.runs.get("s" * 24)
        moved: Run = run().model_copy(update=change)
        refusing(stores, 1, store)
        version = await stores.runs.move(moved, found.version)
        stored = await stores.runs.get("s" * 24)
        assert (stored.value, stored.version) == (moved, version)

    on(play)


def test_a_commit_that_never_gets_through_is_not_taken_for_done(on: On) -> None:
    async def play(stores: Any) -> None:
        version = await stores.ledger.create(shard())
        refusing(stores, 99, store=False)
        with pytest.raises(Unavailable):
            await stores.ledger.commit(Commit(shard(beats=1)), version)

    on(play)


def test_too_many_writers_of_one_device_is_unavailable_not_a_crash(on: On, monkeypatch: pytest.MonkeyPatch) -> None:
    async def aborted(_: Any) -> None:
        raise google.Aborted("contention")

    async def play(stores: Any) -> None:
        await stores.devices.put_many(1, [device(1)])
        monkeypatch.setattr(AsyncTransaction, "_commit", aborted)
        with pytest.raises(Unavailable):
            await stores.devices.change(1, device(1).id, None, lambda *_: device(1, tags=("y",)))

    on(play)
