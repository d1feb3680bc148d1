"""`python -m infra.import` killed in the middle: the same command again, and nothing is missing or there twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from infra.local.parts import ROOT
from push.adapters.firestore.apps import FirestoreApps
from push.adapters.firestore.client import Database
from push.adapters.firestore.devices import FirestoreDevices
from push.domain.app import App
from push.domain.ids import Keys

PEPPER = "a pepper for tests only"
ROWS = 2_100
# Of another app, and refused: one in each batch.
REFUSED = (1_000, 2_050)
# The command, which a kill -9 ends when the second batch is stored and not yet remembered.
KILLED = """
import importlib, os, runpy, signal

journal = importlib.import_module("infra.import.journal")
keep = journal.Journal.keep

def killed(self):
    self._file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

def kept(self):
    keep(self)
    journal.Journal.keep = killed

journal.Journal.keep = kept
runpy.run_module("infra.import", run_name="__main__", alter_sys=True)
"""


def row(number: int) -> dict[str, Any]:
    return {
        "id": f"57fb{number:020x}",
        "appId": 3 if number in REFUSED else 2,
        "alias": f"anonymous-{number}",
        "devices": [{"platform": "android", "token": f"token-{number}"}],
        "tags": [{"id": f"{number % 7:024x}", "name": "Device Model", "value": str(number % 7)}],
        "createdAt": 1_000,
        "updatedAt": 2_000,
    }


def test_killed_and_run_again_everything_is_there_once(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    project = f"test-{uuid.uuid4().hex[:12]}"
    file, report = tmp_path / "devices.ndjson", tmp_path / "report.ndjson"
    file.write_text("".join(json.dumps(row(number)) + "\n" for number in range(ROWS)))

    async def with_stores(look: bool) -> list[Any]:
        database = Database(project)
        try:
            if not look:
                await FirestoreApps(database).put(App(id=2, name="Wines", firebase_project="x", created_at=0))
                return []
            devices = FirestoreDevices(database, Keys(PEPPER))
            found = [known async for batch in devices.known(2) for known in batch]
            targets = [doc.id async for doc in database.client.collection("apps/2/targets").select([]).stream()]
            return [found, len(targets)]
        finally:
            await database.close()

    asyncio.run(with_stores(look=False))
    command = [sys.executable, "-m", "infra.import", "--app", "2", "--devices", str(file), "--report", str(report)]
    env = {
        "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}", "GOOGLE_CLOUD_PROJECT": project,
        "KEY_PEPPER": PEPPER, "FIRESTORE_EMULATOR_HOST": firestore_emulator,
    }  # fmt: skip
    first = subprocess.run(
        [sys.executable, "-c", KILLED, *command[3:]], env=env, capture_output=True, text=True, check=False
    )
    assert first.returncode == -signal.SIGKILL, first.stderr
    state = report.with_name("report.ndjson.state")
    assert state.exists()

    again = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert again.returncode == 1, again.stderr
    assert "Going on" in again.stdout
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(each["line"], each["reason"]) for each in told if "line" in each] == [
        (n + 1, "other-app") for n in REFUSED
    ]
    counts = told[-1]["summary"]["devices"]["outcomes"]
    assert sum(counts.values()) == ROWS
    found, targets = asyncio.run(with_stores(look=True))
    assert sorted(known.id for known in found) == sorted(row(n)["id"] for n in range(ROWS) if n not in REFUSED)
    assert targets == ROWS - len(REFUSED)
    assert not state.exists()
    once_more = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert f"{ROWS - len(REFUSED):,} same" in once_more.stdout
