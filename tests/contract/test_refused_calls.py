"""Every call has a deadline, and what is refused is tried a few times in all, whoever asks for it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import grpc
import httpx
import pytest
from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.cloud.firestore_v1.services.firestore.transports.grpc_asyncio import FirestoreGrpcAsyncIOTransport
from joserfc.jwk import OctKey

from contract.conftest import FirestoreStores
from contract.refusing import Call, refusing
from contract.test_activity_contract import event
from fakes import world
from fakes.made import device, run, schedule, shard
from push.adapters.cloud_tasks import CloudTasks
from push.adapters.firestore.calls import DEADLINES_S
from push.adapters.firestore.client import Database
from push.bootstrap import Container
from push.domain.app import App
from push.domain.errors import Unavailable
from push.domain.keyspace import SLICES, cut
from push.entrypoints.api.app import build
from push.ports import Commit

# A caller of the API waits for 60 s at most (the function's own timeout), and few use cases make more than two calls.
LONGEST_S = 25.0


async def _scanned(stores: Any) -> None:
    async for _ in stores.audience.scan(1, (), cut(0, 1), ""):
        raise AssertionError


CALLS: dict[str, tuple[Callable[[Any], Awaitable[Any]], int]] = {
    "a document is read": (lambda s: s.runs.get("s" * 24), 4),
    "documents are read": (lambda s: s.audience.by_keys(1, ["a", "b"]), 4),
    "a query": (lambda s: s.runs.due(0, 10), 4),
    "the sums of a run": (lambda s: s.ledger.sums("s" * 24), 4),
    "a count": (lambda s: s.ledger.finished("s" * 24, 1), 4),
    "the audience": (_scanned, 5),
    "what may be written again": (lambda s: s.apps.put(App(id=1, name="n", firebase_project="p", created_at=0)), 4),
    "many writes": (lambda s: s.activity.record_many([event(1)]), 4),
}
# Of these only what is stored tells whether a repeat is one.
GUARDED: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "a schedule is accepted": lambda s: s.runs.accept(schedule(), run(), []),
    "a shard is begun": lambda s: s.ledger.create(shard()),
    "a page is recorded": lambda s: s.ledger.commit(Commit(shard(beats=1)), DatetimeWithNanoseconds.now(UTC)),
}
IN_TRANSACTIONS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "a device is synced": lambda s: s.devices.change(1, device(1).id, None, lambda *_: device(1)),
    "an app is deleted": lambda s: s.apps.delete(1),
}
EVERY = {name: play for name, (play, _) in CALLS.items()} | GUARDED | IN_TRANSACTIONS


Plays = dict[str, Callable[[Any], Awaitable[Any]]]


def played(plays: Plays, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> dict[str, list[Call]]:
    """What a refusing server heard of each, all played at once; each ended Unavailable, within what a caller waits."""

    async def one(play: Callable[[Any], Awaitable[Any]]) -> list[Call]:
        async with refusing(code) as (host, heard), stores_at(host) as stores:
            began = time.monotonic()
            with pytest.raises(Unavailable):
                await play(stores)
            assert time.monotonic() - began < LONGEST_S
            return heard.calls

    async def whole() -> dict[str, list[Call]]:
        return dict(zip(plays, await asyncio.gather(*map(one, plays.values())), strict=True))

    return asyncio.run(whole())


@asynccontextmanager
async def stores_at(host: str) -> AsyncIterator[FirestoreStores]:
    stores = FirestoreStores()
    with pytest.MonkeyPatch.context() as patch:
        # Google's client looks for the server here, once, when it is made.
        patch.setenv("FIRESTORE_EMULATOR_HOST", host)
        assert stores.runs._database.client
    try:
        yield stores
    finally:
        await stores.close()


def test_what_is_refused_is_tried_a_few_times_in_all() -> None:
    for what, calls in played({what: play for what, (play, _) in CALLS.items()}).items():
        assert 1 < len(calls) <= CALLS[what][1], what


def test_a_guarded_commit_is_only_repeated_by_who_looks_whether_it_was_done() -> None:
    for what, calls in played(GUARDED).items():
        assert [call.method for call in calls] == ["Commit", "BatchGetDocuments"] * 4, what


def test_a_transaction_that_cannot_begin_is_unavailable_and_no_crash() -> None:
    for what, calls in played(IN_TRANSACTIONS).items():
        assert [call.method for call in calls] == ["BeginTransaction"] * 4, what


def test_no_call_waits_for_ever_and_what_ran_out_of_time_is_not_tried_again() -> None:
    for what, calls in played(EVERY, grpc.StatusCode.DEADLINE_EXCEEDED).items():
        assert all(0 < call.patience_s < 61 for call in calls), what
        # Two know how to go on: the audience's stream, and who looks whether a commit was done.
        assert len(calls) == 1 or what in GUARDED or what == "the audience"


def test_a_task_is_offered_a_few_times_and_then_refused() -> None:
    async def whole() -> None:
        async with refusing() as (host, heard):
            tasks = CloudTasks("project", "europe-west1", "send", "deliver", "urgent", "work", host)
            with pytest.raises(Unavailable):
                await tasks.send("s" * 24, 1, None)
            await tasks.close()
            assert [call.method for call in heard.calls] == ["CreateTask"] * 4
            assert all(0 < call.patience_s < 11 for call in heard.calls)

    asyncio.run(whole())


def test_what_has_no_deadline_of_ours_cannot_be_called() -> None:
    """The library knows more calls than these; whoever needs one of them says first how long it may take."""

    async def whole() -> None:
        database = Database("project")
        transport = database.client._firestore_api.transport
        known = {getattr(transport, name) for name in DEADLINES_S}
        assert set(transport._wrapped_methods) == known
        assert all(hasattr(FirestoreGrpcAsyncIOTransport, name) for name in DEADLINES_S)
        await database.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
        asyncio.run(whole())


def test_an_estimate_that_is_refused_stops_no_sending() -> None:
    async def whole() -> None:
        async with refusing() as (host, heard), stores_at(host) as stores:
            assert await stores.audience.estimate(1, (), cut(0, SLICES)) is None
            assert 1 < len(heard.calls) <= 4

    asyncio.run(whole())


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_the_api_says_come_again_while_firestore_is_away(code: grpc.StatusCode) -> None:
    async def whole() -> None:
        async with refusing(code) as (host, _):
            signing = OctKey.generate_key(256, {"kid": "one"}).as_dict(private=True)
            settings = world.settings(token_keys=json.dumps({"keys": [signing]}))
            ports = Container(settings)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("FIRESTORE_EMULATOR_HOST", host)
                assert ports._database.client
            transport = httpx.ASGITransport(build(ports, settings))
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
                began = time.monotonic()
                form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
                answer = await http.post("/api/oauth/token", data=form)
                assert time.monotonic() - began < LONGEST_S
            await ports.close()
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
            assert int(answer.headers["retry-after"]) > 0
            assert (answer.json()["code"], answer.json()["error"]["type"]) == ("unavailable", "HaloError")

    asyncio.run(whole())
