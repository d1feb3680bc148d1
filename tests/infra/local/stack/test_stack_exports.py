"""What is stored survives a stop and a start of Google's emulator."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.local import parts, ports
from infra.local.crew import Crew
from infra.local.exports import Exports
from infra.local.firestore import Emulator
from infra.local.plan import Plan, found
from infra.local.status import Quiet
from infra.local.trouble import Broke

if TYPE_CHECKING:
    from infra.local.stack.conftest import Stubs

Act = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]


def with_firestore(stubs: "Stubs", act: Act) -> httpx.Response:
    """Starts the emulator alone, calls it, and stops it, as the stack does."""
    state = stubs.state
    emulator, port = found(), ports.free().firestore
    assert isinstance(emulator, Emulator), "unset FIRESTORE_EMULATOR_HOST: this is about an emulator of our own"
    exports = Exports(state / "firestore")
    addresses = stubs.addresses.model_copy(update={"firestore": f"127.0.0.1:{port}"})
    part = parts.firestore(emulator, port, exports.latest(), {})
    answers: list[httpx.Response] = []

    async def whole() -> None:
        stop, ready = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(Crew(Plan(state, [part], addresses, {}, exports), Quiet()).run(stop, ready.set))
        await asyncio.wait({running, asyncio.create_task(ready.wait())}, return_when="FIRST_COMPLETED")
        try:
            async with httpx.AsyncClient(
                trust_env=False, timeout=60, headers={"Authorization": "Bearer owner"}
            ) as http:
                url = f"http://127.0.0.1:{port}/v1/projects/halo-local/databases/(default)/documents/apps"
                answers.append(await act(http, url))
        finally:
            stop.set()
            await running

    asyncio.run(whole())
    return answers[0]


def test_a_document_survives_stop_and_start(stubs: "Stubs") -> None:
    document = {"fields": {"name": {"stringValue": "Demo"}}}
    with_firestore(stubs, lambda http, url: http.post(url, params={"documentId": "1"}, json=document))
    answer = with_firestore(stubs, lambda http, url: http.get(f"{url}/1"))
    assert answer.json()["fields"] == document["fields"]
    assert len(list((stubs.state / "firestore").glob("export-*"))) == 1


def take(folder: Path, answer: httpx.Response) -> None:
    async def export() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
            await Exports(folder).take(http, "127.0.0.1:1", "halo-local")

    asyncio.run(export())


@pytest.mark.parametrize("answer", [httpx.Response(500, text="disk full"), httpx.Response(200, json={})])
def test_an_export_that_fails_leaves_the_last_one(tmp_path: Path, answer: httpx.Response) -> None:
    last = tmp_path / "export-1" / "firestore" / "firestore.overall_export_metadata"
    last.parent.mkdir(parents=True)
    last.touch()
    (tmp_path / "current").write_text("export-1")
    with pytest.raises(Broke, match="the last export stays"):
        take(tmp_path, answer)
    assert Exports(tmp_path).latest() == last
