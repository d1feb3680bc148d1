"""Two tests at a time, but never two stacks or two Firestore emulators: one machine has two cores."""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from infra.local import ports
from infra.local.firestore import Emulator, find

# How long an example takes is said of this machine, and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# What runs in one process, by its folder. Rules are tested on the emulator that the contract tests have.
_TOGETHER = {
    "contract": "contract",
    "e2e": "e2e",
    "infra/firestore": "contract",
    "infra/local/stack": "infra/local/stack",
    "infra/local/tasks": "infra/local/tasks",
    "infra/local/fcm": "infra/local/fcm",
}
# These look back on what the others of their process did.
_LAST = ("test_rules_coverage.py", "test_queries_of_stack.py", "test_queries_of_adapters.py")
_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs before xdist reads the groups. The whole stack goes first, since it takes longest."""
    for item in items:
        folder = item.path.relative_to(_HERE).as_posix()
        for start, group in _TOGETHER.items():
            if folder.startswith(start + "/"):
                item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, bool]:
    return not item.path.relative_to(_HERE).as_posix().startswith("e2e/"), item.path.name in _LAST


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Starts Google's emulator, unless FIRESTORE_EMULATOR_HOST names one; stops only what it started. Its host:port."""
    found = find(os.environ, Path.home())
    if not isinstance(found, Emulator):
        yield found.host
        return
    address = ports.free().firestore
    log = (tmp_path_factory.mktemp("firestore") / "log").open("w")
    process = subprocess.Popen(found.command(ports.HOST, address, None), stdout=log, stderr=log)
    try:
        _wait(f"http://{ports.HOST}:{address}/", process)
        yield f"{ports.HOST}:{address}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the Firestore emulator ended at once")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the Firestore emulator did not answer within a minute")
