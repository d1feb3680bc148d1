"""`python -m infra.import` killed in the middle: the same command again, and nothing is missing or there twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
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


def row(number: int) -> dict[str, Any]:
    return {
        "id": f"57fb{number:020x}",
        "appId": 2 if number != 1_000 else 3,
        "alias": f"anonymous-{number}",
        "devices": [{"platform": "android", "token": f"token-{number}"}],
        "tags": [{"id": f"{number % 7:024x}", "name": "Device Model", "value": str(number % 7)}],
        "createdAt": 1_000,
        "updatedAt": 2_000,
    }


@pytest.mark.timeout(60)
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
    first = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    state = report.with_name("report.ndjson.state")
    while first.poll() is None and not state.exists():
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL, first.stderr and first.stderr.read()
    if first.stderr:
        first.stderr.close()

    again = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert again.returncode == 1, again.stderr
    assert "Going on" in again.stdout
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(each["line"], each["reason"]) for each in told if "line" in each] == [(1_001, "other-app")]
    counts = told[-1]["summary"]["devices"]["outcomes"]
    assert sum(counts.values()) == ROWS
    found, targets = asyncio.run(with_stores(look=True))
    assert sorted(known.id for known in found) == sorted(row(n)["id"] for n in range(ROWS) if n != 1_000)
    assert targets == ROWS - 1
    assert not state.exists()
    once_more = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert f"{ROWS - 1:,} same" in once_more.stdout
