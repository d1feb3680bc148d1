"""`results.json`: everything that a whole run found, with the machine and the versions that it was found on."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.bench.goals import judged
from infra.bench.measurement import Found, Measurement

RESULTS = Path(__file__).with_name("results.json")
_PACKAGES = (
    "functions-framework", "fastapi", "google-cloud-firestore", "google-cloud-tasks", "grpcio", "hpack",
    "firebase-admin", "granian",
)  # fmt: skip


def document(found: Mapping[Measurement, Found | str]) -> dict[str, Any]:
    """A text instead of figures says why a measurement was left out."""
    parts = {
        measurement.name: {
            "title": measurement.title,
            "columns": dict(measurement.columns),
            "rows": [dict(row) for row in what.rows],
            "notes": list(what.notes),
        }
        for measurement, what in found.items()
        if isinstance(what, Found)
    }
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "versions": versions(),
        "goals": judged(parts),
        "parts": parts,
        "skipped": {measurement.name: why for measurement, why in found.items() if isinstance(why, str)},
    }


def write(document: Mapping[str, Any], path: Path = RESULTS) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def read(path: Path = RESULTS) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    """What the kernel calls it; platform knows the architecture alone."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def versions() -> dict[str, str]:
    """Of what is measured, and of what it is measured with, as far as that is here."""
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    tools: Sequence[tuple[str, list[str]]] = (
        ("nginx", ["/usr/sbin/nginx", "-v"]),
        ("h2load", ["h2load", "--version"]),
        ("node", ["node", "--version"]),
    )
    for name, command in tools:
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found[name] = (done.stdout or done.stderr).strip().split("/")[-1].removeprefix("v")
    return found
