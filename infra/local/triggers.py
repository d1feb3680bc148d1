"""Eventarc's triggers for Firestore: `python -m infra.local.triggers --project P --url URL --audience A --email E
--identity FILE` watches the collections that people edit, and posts an event to `ingest` for each write.

As Eventarc does, at least once and in no order: everything that is there when it starts is an event, and what is not
answered with 2xx comes again. A document that waits for its event already gets no second one. Google's emulator tells
of writes only who listens to a query, and not who wrote: `authid` is that of an unknown user.
"""

import argparse
import asyncio
import contextlib
import random
import signal
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from google.cloud import firestore

from infra.local.identity import Identity, load_or_create
from infra.local.tasks.log import log

COLLECTIONS = ("schedules", "templates", "tags")
TYPE = "google.cloud.firestore.document.v1.written.withAuthContext"
# Eventarc's retries go on for a day; here somebody is watching.
ATTEMPTS = 12
LONGEST_S = 10.0
_AT_ONCE = 8
_LOOK_S = 1.0


@dataclass(frozen=True)
class Trigger:
    """Whom to tell, and as whom."""

    url: str
    project: str
    audience: str
    email: str


class Events:
    """Documents whose event has not been begun, each once."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._waiting: set[str] = set()

    def add(self, document: str) -> None:
        if document not in self._waiting:
            self._waiting.add(document)
            self._queue.put_nowait(document)

    async def take(self) -> str:
        document = await self._queue.get()
        self._waiting.discard(document)
        return document


def headers_of(document: str, trigger: Trigger, token: str, at: datetime) -> dict[str, str]:
    """An event of Firestore in the binary mode of CloudEvents' HTTP binding, as Eventarc posts it."""
    source = f"//firestore.googleapis.com/projects/{trigger.project}/databases/(default)"
    attributes = {
        "specversion": "1.0", "id": str(uuid.uuid4()), "type": TYPE, "source": source, "time": at.isoformat(),
        "subject": f"documents/{document}", "document": document, "database": "(default)", "project": trigger.project,
        "authtype": "unknown",
    }  # fmt: skip
    told = {f"ce-{name}": quote(value, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~") for name, value in attributes.items()}
    return {"authorization": f"Bearer {token}", "content-type": "application/protobuf", **told}


async def post(document: str, trigger: Trigger, identity: Identity, http: httpx.AsyncClient) -> None:
    """Again and again until it is taken; what never is, is logged."""
    for attempt in range(ATTEMPTS):
        token = identity.id_token(trigger.audience, trigger.email, time.time())
        headers = headers_of(document, trigger, token, datetime.now(UTC))
        try:
            answer = await http.post(trigger.url, headers=headers)
            if answer.is_success:
                return
            error = f"HTTP {answer.status_code}"
        except httpx.HTTPError as failed:
            error = type(failed).__name__
        await asyncio.sleep(min(LONGEST_S, 0.2 * 2**attempt) * random.uniform(0.5, 1))  # noqa: S311
    log("ERROR", "event given up", document=document, error=error)


async def watch(events: Events, client: Any) -> None:
    """Tells of every write, for ever. A watch that ended is begun anew, which tells of everything once more."""
    loop = asyncio.get_running_loop()

    def tell(_: Any, changes: Any, __: Any) -> None:
        for change in changes:
            loop.call_soon_threadsafe(events.add, "/".join(change.document.reference.path.split("/")[-2:]))

    watches = {name: client.collection(name).on_snapshot(tell) for name in COLLECTIONS}
    try:
        while True:
            await asyncio.sleep(_LOOK_S)
            for name, each in watches.items():
                if not each.is_active:
                    watches[name] = client.collection(name).on_snapshot(tell)
    finally:
        for each in watches.values():
            await asyncio.to_thread(each.unsubscribe)


async def serve(trigger: Trigger, identity: Identity) -> None:
    """Until SIGTERM or SIGINT."""
    events = Events()
    client = firestore.Client(project=trigger.project)

    async def work(http: httpx.AsyncClient) -> None:
        while True:
            await post(await events.take(), trigger, identity, http)

    async with httpx.AsyncClient(timeout=60, follow_redirects=False, trust_env=False) as http:
        running = asyncio.gather(watch(events, client), *(work(http) for _ in range(_AT_ONCE)))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.triggers", description="Tells ingest of writes.")
    parser.add_argument("--project", required=True, help="whose Firestore (FIRESTORE_EMULATOR_HOST says where)")
    parser.add_argument("--url", required=True, help="of the function ingest")
    parser.add_argument("--audience", required=True, help="of the OIDC token")
    parser.add_argument("--email", required=True, help="service account of the OIDC token")
    parser.add_argument("--identity", type=Path, required=True, help="JSON file with the key that signs it")
    given = parser.parse_args()
    trigger = Trigger(given.url, given.project, given.audience, given.email)
    asyncio.run(serve(trigger, load_or_create(given.identity)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
