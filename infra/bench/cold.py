"""Cold starts: from the start of a function's process to its first answer, and how much of that are its imports."""

import statistics
import subprocess
import sys
import time

from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.bench.server import function, running
from infra.local.parts import FUNCTIONS, ROOT

_TIMES = 5
_IMPORT = "import time; began = time.perf_counter(); import main; print(time.perf_counter() - began)"


def measure(ground: Ground) -> Found:
    rows: list[Row] = []
    for name in FUNCTIONS:
        ground.say(f"cold start of {name}")
        times = 1 if ground.quick else _TIMES
        started = [_started(ground, name) for _ in range(times)]
        imported = [_imported(ground, name) for _ in range(times)]
        rows.append(
            {
                "function": name,
                "answer_ms": round(1_000 * statistics.median(started)),
                "import_ms": round(1_000 * statistics.median(imported)),
            }
        )
    return Found(rows)


def _started(ground: Ground, name: str) -> float:
    directory = ground.directory / "cold"
    part = function(name, ground.stack, directory, {})
    began = time.perf_counter()
    with running(part, directory / f"{name}.log", every_s=0.005):
        return time.perf_counter() - began


def _imported(ground: Ground, name: str) -> float:
    """In a Python of its own, as the framework imports it."""
    environment = ground.stack.env | {"FUNCTION_TARGET": name}
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT], env=environment, cwd=ROOT / "functions", capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return float(done.stdout)


COLD = Measurement(
    "cold",
    "Cold start of each function",
    {"function": "function", "answer_ms": "first answer, ms", "import_ms": "of that imports, ms"},
    measure,
)
