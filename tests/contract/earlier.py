"""What an earlier release stored (tests/releases): put into the emulator as it was, at a time of the test's choice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

RELEASE = Path(__file__).parents[1] / "releases" / "0.1"
# What a whole stack of it had, which was played from outside.
STACK = RELEASE / "stack"
COLLECTIONS = (
    "accounts", "apps", "idempotency", "jobs", "roles", "runs", "schedules", "tags", "templates",
)  # fmt: skip
# Nothing happened before; a moment of 0 means none.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def told(name: str, of: Path = RELEASE) -> Any:
    return json.loads((of / f"{name}.json").read_text())


def written_at(of: Path = RELEASE) -> datetime:
    moment: datetime = _decoded(told("about", of)["written"], timedelta())
    return moment


def documents(shift: timedelta, of: Path = RELEASE) -> dict[str, dict[str, Any]]:
    """By path, all moments moved by `shift`."""
    files = ("documents",) if of == STACK else COLLECTIONS
    return {path: _decoded(fields, shift) for name in files for path, fields in told(name, of).items()}


async def store(client: Any, shift: timedelta, of: Path = RELEASE) -> None:
    batch = client.batch()
    for path, fields in documents(shift, of).items():
        batch.set(client.document(path), fields)
    await batch.commit()


def _decoded(value: Any, shift: timedelta) -> Any:
    if isinstance(value, list):
        return [_decoded(item, shift) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$time"}:
        moment = datetime.fromisoformat(value["$time"])
        return moment + shift if moment > _EARLIEST else moment
    return {name: _decoded(item, shift) for name, item in value.items()}
