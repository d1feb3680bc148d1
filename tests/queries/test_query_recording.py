"""No query gets by unnoticed: neither the client's own, nor our streams, nor those of a process that knows nothing."""

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import at
from queries.indexes import Written
from queries.needs import ASCENDING, Need, Sorted
from queries.recording import environment, read, recording

NOBODY = "127.0.0.1:1"  # what is asked is written down before anybody answers
STATE = Need("cities", False, ("state",))


async def ask(database: Database) -> None:
    query = database.client.collection("cities").where(filter=FieldFilter("state", "==", "CA"))
    document = database.client.document("cities/porto")
    calls: list[Any] = [
        query.get(retry=None, timeout=0.5),
        query.count().get(retry=None, timeout=0.5),
        query.sum("population").get(retry=None, timeout=0.5),
        document.set({"founded": at(5), "rivers": ["Douro"]}, retry=None, timeout=0.5),
    ]
    for call in calls:
        with suppress(GoogleAPICallError):
            await call
    with suppress(GoogleAPICallError):
        async for _ in database.documents(database.client.collection("towns").order_by("name"), 0.5):
            pass
    await database.close()


def test_queries_sums_streams_and_writes_are_written_down_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", NOBODY)
    with recording(tmp_path / "asked"):
        asyncio.run(ask(Database("demo")))
    recorded = read(tmp_path / "asked")
    summed = STATE._replace(order=(Sorted("population", ASCENDING),))
    towns = Need("towns", False, (), "", (Sorted("name", ASCENDING),))
    assert recorded.needs == {STATE, summed, towns}
    assert recorded.written == {
        Written("cities", "founded", "timestamp_value"), Written("cities", "rivers", "array_value"),
    }  # fmt: skip
    assert len((tmp_path / "asked").read_text().splitlines()) == 5


def test_once_it_is_over_nothing_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", NOBODY)
    with recording(tmp_path / "asked"):
        pass
    asyncio.run(ask(Database("demo")))
    assert not (tmp_path / "asked").exists()


_UNKNOWING = """
import grpc
from google.cloud.firestore_v1.types import firestore
channel = grpc.insecure_channel("127.0.0.1:1")
call = channel.unary_stream(
    "/google.firestore.v1.Firestore/RunQuery", request_serializer=firestore.RunQueryRequest.serialize
)
query = {"from_": [{"collection_id": "cities"}]}
call(firestore.RunQueryRequest(structured_query=query), timeout=0.1)
"""


def test_a_program_that_knows_nothing_of_it_does_so_from_its_start(tmp_path: Path) -> None:
    told = {**os.environ, **environment(tmp_path / "asked")}
    subprocess.run([sys.executable, "-c", _UNKNOWING], check=True, timeout=60, env=told, cwd=tmp_path)
    assert read(tmp_path / "asked").needs == {Need("cities", False)}
