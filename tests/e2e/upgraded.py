"""The whole stack over the database, with the secrets and the users of 0.1, some time after that was replaced."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from google.cloud import firestore, tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from contract import earlier
from contract.earlier import RELEASE, STACK
from e2e.callers import call_function
from infra.local.supervisor import Stack, running_stack
from push.bootstrap import Container
from push.settings import Settings
from queries import recording

# What was to go out later is due by then, and not so late that sweep would look for it.
PASSED = {STACK: timedelta(seconds=90), RELEASE: timedelta(minutes=60, seconds=30)}


@dataclass(frozen=True)
class Upgraded:
    """`moved_ms` is by how much the moments in STACK's documents moved."""

    stack: Stack
    moved_ms: int

    @property
    def same_project(self) -> bool:
        return all(each["project"] == self.stack.project for each in earlier.told("about", STACK)["firebaseUsers"])

    def enqueue(self, queue: str, body: Any) -> None:
        """A task as it waited there: its body alone is the old release's."""
        text = body if isinstance(body, str) else json.dumps(body)
        settings = Settings.from_environment(self.stack.env)
        with grpc.insecure_channel(self.stack.tasks) as channel:
            client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
            parent = client.queue_path(settings.google_cloud_project, settings.tasks_location, queue)
            request = {"url": "https://queue.invalid/", "http_method": "POST", "body": text.encode()}
            client.create_task(parent=parent, task={"http_request": request}, timeout=10)

    def fields(self, collection: str) -> dict[str, dict[str, Any]]:
        """What people see in the console, by id."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FIRESTORE_EMULATOR_HOST", self.stack.firestore)
            client = firestore.Client(project=self.stack.project)
        try:
            return {each.id: each.to_dict() or {} for each in client.collection(collection).stream()}
        finally:
            client.close()

    def sweep(self) -> httpx.Response:
        """As Cloud Scheduler calls it."""
        return call_function(self.stack, "sweep")


@contextmanager
def upgraded_stack(state: Path, asked_of_firestore: Path) -> Iterator[Upgraded]:
    """Nothing calls sweep by itself: what the old tasks do is not to be done by it."""
    about = earlier.told("about", STACK)
    (state / "secrets.json").write_text(json.dumps(about["secrets"]))
    (state / "users.json").write_text(json.dumps(about["firebaseUsers"]))
    listening = recording.environment(asked_of_firestore)
    with running_stack(state, settings={"LEASE_S": "3"}, without=("clock",), beside=listening) as stack:
        shifts = {of: datetime.now(UTC) - earlier.written_at(of) - passed for of, passed in PASSED.items()}
        asyncio.run(_fill(stack, shifts))
        yield Upgraded(stack, shifts[STACK] // timedelta(milliseconds=1))


async def _fill(stack: Stack, shifts: dict[Path, timedelta]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # Google's client looks for the emulator here and nowhere else.
        patch.setenv("FIRESTORE_EMULATOR_HOST", stack.firestore)
        ports = Container(Settings.from_environment(stack.env))
        try:
            for of, shift in shifts.items():
                await earlier.store(ports._database.client, shift, of)
        finally:
            await ports.close()
