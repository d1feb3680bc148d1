"""Long queries that end badly: broken off by Firestore, stalled, or no longer wanted."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.api_core import exceptions as google
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore_v1.async_client import AsyncClient
from google.cloud.firestore_v1.types import firestore as types

from push.adapters.firestore import streams
from push.adapters.firestore.client import Database
from push.adapters.firestore.streams import BATCH

Answer = Callable[[Any], Iterator[Any]]


def found(number: int) -> Any:
    return types.RunQueryResponse(document={"name": f"projects/p/databases/d/documents/c/{number:05d}"})


def playing(answer: Answer, body: Callable[[Database], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A Firestore that answers every query so."""
    server = grpc.server(futures.ThreadPoolExecutor(2))
    handler = grpc.unary_stream_rpc_method_handler(
        lambda _, context: answer(context), response_serializer=types.RunQueryResponse.serialize
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("google.firestore.v1.Firestore", {"RunQuery": handler})]
    )
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()

    async def whole() -> None:
        database = Database("p")
        try:
            await body(database)
        finally:
            await database.close()

    try:
        asyncio.run(whole())
    finally:
        server.stop(0)


def numbers(batch: list[Any]) -> list[str]:
    return [document.name.rsplit("/", 1)[1] for document in batch]


def test_every_document_comes_once_in_order_and_a_last_batch_says_that_there_are_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def body(database: Database) -> None:
        batches = [batch async for batch in database.documents(database.client.collection("c").limit(1), 10)]
        assert [len(batch) for batch in batches] == [BATCH, BATCH, 0]
        assert numbers(batches[0] + batches[1]) == [f"{number:05d}" for number in range(2 * BATCH)]

    playing(lambda _: map(found, range(2 * BATCH)), body, monkeypatch)


def test_a_stream_that_firestore_breaks_off_keeps_whole_batches_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(context: Any) -> Iterator[Any]:
        yield from map(found, range(BATCH + 7))
        context.abort(grpc.StatusCode.UNAVAILABLE, "too old")

    async def body(database: Database) -> None:
        batches = database.documents(database.client.collection("c").limit(1), 10)
        assert len(await anext(batches)) == BATCH
        with pytest.raises(google.ServiceUnavailable, match="too old"):
            await anext(batches)

    playing(answer, body, monkeypatch)


def test_whoever_stops_reading_a_stalled_stream_is_free_at_once_and_so_is_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stalled, over = threading.Event(), threading.Event()

    def answer(context: Any) -> Iterator[Any]:
        context.add_callback(over.set)
        yield from map(found, range(BATCH + 7))
        stalled.set()
        over.wait(600)

    async def body(database: Database) -> None:
        begun = asyncio.Event()

        async def read() -> None:
            async for _ in database.documents(database.client.collection("c").limit(1), 600):
                begun.set()

        reading = asyncio.create_task(read())
        await begun.wait()
        await asyncio.to_thread(stalled.wait)
        reading.cancel()
        async with asyncio.timeout(60):
            with pytest.raises(asyncio.CancelledError):
                await reading
            assert await asyncio.to_thread(over.wait, 60)
            await asyncio.to_thread(database._streams._threads.shutdown)

    playing(answer, body, monkeypatch)


def test_on_google_cloud_a_channel_is_made_with_our_own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is connected to before something is read."""
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    ours = AnonymousCredentials()
    client = AsyncClient(project="p", credentials=ours)
    channel = streams._channel(client)
    assert client._target == "firestore.googleapis.com"
    assert client._credentials is ours
    channel.close()
