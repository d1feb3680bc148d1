"""An import over fakes: rows in, what is stored and what is told out."""

import asyncio
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakes.ports import FakePorts
from fakes.world import app
from push.domain.account import Account

# `import` is a word of the language, so its folder is named this way.
journal = importlib.import_module("infra.import.journal")
progress = importlib.import_module("infra.import.progress")
run = importlib.import_module("infra.import.run")


class Import:
    """`report` are the rows of the last report without its summary, `outcomes` what the summary counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = FakePorts()
        self.ports.apps.stored = {2: app(2)}
        self.ports.accounts.stored = {"ana": Account(id="a", username="ana", password_hash="", role="admin", created_at=0)}  # fmt: skip  # noqa: E501
        self.report: list[Any] = []
        self.outcomes: dict[str, dict[str, int]] = {}

    def file(self, kind: str, rows: list[Any]) -> Path:
        """Rows that are texts stand in the file as they are."""
        path = self.folder / f"{kind}.ndjson"
        path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows))
        return path

    def __call__(
        self, dry_run: bool = False, restart: bool = False, stop: bool = False, **rows: list[Any] | Path
    ) -> None:
        paths = {kind: given if isinstance(given, Path) else self.file(kind, given) for kind, given in rows.items()}
        files = run.Files(*(paths.get(kind) for kind in ("tags", "users", "devices")))
        path = self.folder / ("dry-run" if dry_run else "report")
        kept = journal.Journal(path, "app 2", files.fingerprints(), dry_run=dry_run, restart=restart)

        async def play() -> None:
            event = asyncio.Event()
            if stop:
                event.set()
            await run.run(self.ports, 2, files, kept, progress.Lines(), event, dry_run=dry_run)

        try:
            asyncio.run(play())
        finally:
            kept.close()
            told = [json.loads(line) for line in path.read_text().splitlines()]
            self.report = [row for row in told if "summary" not in row]
            summary: dict[str, Any] = next((row["summary"] for row in told if "summary" in row), {})
            self.outcomes = {kind: phase["outcomes"] for kind, phase in summary.items()}

    def reasons(self) -> list[tuple[int, str, str]]:
        return [(row["line"], row["reason"], row["pointer"]) for row in self.report]


@pytest.fixture
def importing(tmp_path: Path) -> Import:
    return Import(tmp_path)


@pytest.fixture
def device_row() -> Callable[..., dict[str, Any]]:
    def make(number: int, **fields: Any) -> dict[str, Any]:
        known: dict[str, Any] = {
            "id": f"57fb592ff53f3f002aa{number:05x}",
            "appId": "2",
            "alias": f"anonymous-{number}",
            "email": None,
            "devices": [{"platform": "android", "token": f"token-{number}"}],
            "tags": [{"id": "56deeb7e669aee2a00bc82ec", "name": "Platform Name", "value": "android", "tagType": None}],
            "location": "52.37,4.90",
            "customerId": 1,
            "createdAt": 1_000 + number,
            "updatedAt": 5_000.25,
            "deletedAt": None,
        }
        return known | fields

    return make
