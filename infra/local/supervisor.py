"""A whole stack around a piece of code: `with running_stack(directory) as stack: ...`, for tests and for the demo."""

import asyncio
import os
import secrets
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import psutil

from infra.local import ports as all_ports
from infra.local.crew import Crew
from infra.local.firestore import Emulator, External
from infra.local.parts import FUNCTIONS, Part
from infra.local.plan import PROJECT, SWEEP_EVERY, Plan, draw, found
from infra.local.ports import Ports
from infra.local.stackfile import AdminAccess, AppAccess, held
from infra.local.status import Quiet, Report


class Source(NamedTuple):
    """What functions are started from where it is not this checkout: a Python of its own, and the folder of main.py."""

    python: Path
    folder: Path


@dataclass(frozen=True)
class Stack:
    """A running stack: `api` ends in a slash, `tasks`, `firestore`, `auth` host:port, the others URLs without one.

    `sns` is None where it was not asked for.
    """

    plan: Plan
    crew: Crew
    api: str
    fcm: str
    tasks: str
    tasks_control: str
    firestore: str
    auth: str
    sns: str | None
    project: str
    app: AppAccess
    admin: AdminAccess

    @property
    def env(self) -> dict[str, str]:
        """The environment of the functions."""
        return dict(self.plan.environment)

    def log(self, name: str) -> Path:
        return self.plan.log(name)

    def part_pids(self, name: str) -> list[int]:
        """The part's processes now, its first one first: of a function gunicorn's master, then its worker."""
        process = self.crew.keepers[name].process
        if process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(process.pid)
            return [first.pid, *(child.pid for child in first.children(recursive=True))]
        return []


def project_for(emulator: Emulator | External) -> str:
    """The usual project; in an emulator that others use too a new one, which nobody has written to."""
    return PROJECT if isinstance(emulator, Emulator) else f"{PROJECT}-{secrets.token_hex(4)}"


@contextmanager
def running_stack(
    state: Path,
    ports: Ports | None = None,
    settings: Mapping[str, str] | None = None,
    sweep_every: float = SWEEP_EVERY,
    report: Report | None = None,
    emulator: Emulator | External | None = None,
    without: Collection[str] = (),
    beside: Mapping[str, str] | None = None,
    source: Source | None = None,
) -> Iterator[Stack]:
    """Everything, on free ports, until the block ends; then all that it started is gone and the data is exported.

    `settings` are further variables of the functions' environment (LEASE_S, LOG_LEVEL and the like), `beside` what
    their processes find there and no deployment has, `emulator` is Firestore's if not the one of this machine; parts
    in `without` are left out; the functions are those of `source`. Raises CannotStart or Broke. A part that cannot be
    kept while the block runs ends the stack, and is raised at the end.
    """
    emulator = emulator or found()
    with held(state):
        chosen = ports or all_ports.free()
        surroundings = {**os.environ, **(settings or {})}
        plan = draw(state, chosen, emulator, surroundings, project_for(emulator), sweep_every)
        plan = _with(plan, beside or {}, source)
        plan = replace(plan, parts=[part for part in plan.parts if part.name not in without])
        with _in_background(Crew(plan, report or Quiet())) as crew:
            yield Stack(plan=plan, crew=crew, **{name: getattr(plan.addresses, name) for name in _ADDRESSES})


_ADDRESSES = ("api", "fcm", "tasks", "tasks_control", "firestore", "auth", "sns", "project", "app", "admin")


def _with(plan: Plan, beside: Mapping[str, str], source: Source | None) -> Plan:
    def function(part: Part) -> Part:
        told = replace(part, environment={**part.environment, **beside})
        if source is None:
            return told
        # Isolated, so that nothing of the environment leads it to another Python's packages.
        return replace(told, command=[str(source.python), "-I", *part.command[1:]], directory=source.folder)

    return replace(plan, parts=[function(part) if part.name in FUNCTIONS else part for part in plan.parts])


@contextmanager
def _in_background(crew: Crew) -> Iterator[Crew]:
    """One thread starts, watches and stops all: a part ends with the thread that started it (tether.py)."""
    loop, stop, settled = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    broken: list[Exception] = []

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(crew.run(stop, settled.set))
        except Exception as error:  # noqa: BLE001  raised again in the thread that waits
            broken.append(error)
        finally:
            settled.set()

    thread = threading.Thread(target=work, name="stack")
    thread.start()
    try:
        settled.wait()
        if not broken:
            yield crew
    finally:
        with suppress(RuntimeError):  # the loop is closed: the stack broke before
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        if broken:
            raise broken[0]
