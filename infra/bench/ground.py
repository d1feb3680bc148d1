"""What the measurements stand on: one stack and one emulator for all of them, and a sink; made when first wanted."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from infra.bench import crowd
from infra.bench.server import wait
from infra.bench.sink import Sink, sink
from infra.local import parts, ports
from infra.local.firestore import External
from infra.local.plan import found
from infra.local.process import Process
from infra.local.supervisor import Stack, running_stack
from push.bootstrap import Container
from push.settings import Settings

T = TypeVar("T")
_FIRST_APP = 1_000
_NEVER = 86_400.0
# What all measurements store together: 360,000 targets, and what is sent to them.
_HEAP = "6g"


class Ground:
    """`quick` asks for a look and not for figures; `say` tells whoever waits what is being done."""

    def __init__(self, directory: Path, quick: bool, say: Callable[[str], None], open_: ExitStack) -> None:
        self.directory = directory
        self.quick = quick
        self.say = say
        self._open = open_
        self._stack: Stack | None = None
        self._sink: Sink | None = None
        self._apps: dict[int, int] = {}

    @property
    def stack(self) -> Stack:
        """Without triggers: what is stored here is nobody's in a console, and ingest has cores of its own elsewhere."""
        if self._stack is None:
            self.say("starting the stack")
            self._open.enter_context(_emulator(self.directory))
            self._stack = self._open.enter_context(
                running_stack(self.directory / "stack", sweep_every=_NEVER, without=("triggers",))
            )
            os.environ["FIRESTORE_EMULATOR_HOST"] = self._stack.firestore
        return self._stack

    @property
    def sink(self) -> Sink:
        """Raises Missing."""
        if self._sink is None:
            self._sink = self._open.enter_context(sink(self.directory / "sink"))
        return self._sink

    @staticmethod
    def now_ms() -> int:
        return time.time_ns() // 1_000_000

    def with_ports(self, work: Callable[[Container], Coroutine[Any, Any, T]]) -> T:
        """What `work` answers, given the stack's stores."""

        async def whole() -> T:
            container = Container(Settings.from_environment(self.stack.env))
            try:
                return await work(container)
            finally:
                await container.close()

        self.stack  # noqa: B018  its address must be in the environment before a client is made
        return asyncio.run(whole())

    def app_of(self, targets: int) -> int:
        """An app with so many targets, stored when it is first asked for."""
        if targets not in self._apps:
            app = _FIRST_APP + len(self._apps)
            self.stack  # noqa: B018  before it is said what comes next
            self.say(f"storing {targets:,} targets")

            async def store(container: Container) -> None:
                await crowd.store(container, app, self.stack.project, crowd.members(app, targets))

            self.with_ports(store)
            self._apps[targets] = app
        return self._apps[targets]


@contextmanager
def ground(directory: Path, quick: bool, say: Callable[[str], None]) -> Iterator[Ground]:
    """Everything that was started is gone at the end."""
    before = os.environ.get("FIRESTORE_EMULATOR_HOST")
    with ExitStack() as open_:
        try:
            yield Ground(directory, quick, say, open_)
        finally:
            os.environ.pop("FIRESTORE_EMULATOR_HOST", None)
            if before is not None:
                os.environ["FIRESTORE_EMULATOR_HOST"] = before


@contextmanager
def _emulator(directory: Path) -> Iterator[None]:
    """Google's emulator beside the stack, which would else stop to export what is stored here."""
    emulator = found()
    if isinstance(emulator, External):
        yield
        return
    port = ports.free().firestore
    part = parts.firestore(replace(emulator, heap=_HEAP), port, None, os.environ)
    log = directory / "firestore.log"
    process = Process(part.command, part.environment, part.directory, log)
    try:
        wait(f"http://{part.where}/", process, log, every_s=0.1)
        os.environ["FIRESTORE_EMULATOR_HOST"] = part.where
        yield
    finally:
        process.kill()
