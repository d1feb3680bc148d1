"""`halo` at a terminal whose wire leads to the API over fakes: no socket, no waiting, and a home of its own."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner, Result

from fakes import made
from fakes.world import PASSWORD, World
from infra.halo.app import build
from infra.halo.surroundings import Surroundings
from push.domain.schedule import State

API = "https://halo"
Fault = httpx.Response | Exception


class Overhead(httpx.BaseTransport):
    """The wire to `world`: notes every request, and lets `faults` happen in its place, one each. `afterwards`: the API
    does what it is asked, and the answer is lost. `takes_s` is for commands at one time to meet."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: list[httpx.Request] = []
        self.faults: list[Fault | None] = []
        self.afterwards = False
        self.takes_s = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.seen.append(request)
        time.sleep(self.takes_s)
        fault = self.faults.pop(0) if self.faults else None
        answer = asyncio.run(self._answer(request)) if fault is None or self.afterwards else None
        if isinstance(fault, Exception):
            raise fault
        found = fault or answer
        assert found is not None
        return found

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await httpx.ASGITransport(self.world.api).handle_async_request(request)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def paths(self, method: str | None = None) -> list[str]:
        return [each.url.path for each in self.seen if method in (None, each.method)]


class Halo:
    """`meanwhile` happens one at a time whenever a command waits; time passes then and never else."""

    def __init__(self, home: Path) -> None:
        self.world = World()
        self.wire = Overhead(self.world)
        self.home = home
        self.environment = {"XDG_CONFIG_HOME": str(home), "HOME": str(home)}
        self.somebody = False
        self.columns = 100
        self.slept: list[float] = []
        self.meanwhile: list[Callable[[], None]] = []

    @property
    def file(self) -> Path:
        return self.home / "halo" / "session.json"

    def now(self) -> float:
        return self.world.ports.clock.now() / 1000

    def sleep(self, seconds: float) -> None:
        assert len(self.slept) < 100, "it waits forever"
        self.slept.append(seconds)
        self.world.ports.clock.pass_ms(round(seconds * 1000))
        if self.meanwhile:
            self.meanwhile.pop(0)()

    @property
    def around(self) -> Surroundings:
        return Surroundings(
            self.environment, self.wire, self.now, self.sleep, lambda: self.somebody, self.home / "stack.json"
        )

    def __call__(self, *words: str, input: str = "", terminal: bool = False) -> Result:
        environment = {
            "TTY_COMPATIBLE": "1" if terminal else "0",
            "TERM": "xterm",
            "COLUMNS": str(self.columns),
            "NO_COLOR": "",
        }
        found = CliRunner().invoke(build(), words, obj=self.around, input=input, env=environment)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    def json(self, *words: str, **how: Any) -> Any:
        """The one document on stdout."""
        found = self(*words, "--json", **how)
        assert found.exit_code == 0, found.stderr
        return json.loads(found.stdout)

    def lines(self, *words: str) -> list[Any]:
        return [json.loads(line) for line in self(*words, "--json").stdout.splitlines()]

    def login(self, who: str = "admin") -> None:
        found = self("login", "--api", API, "--username", who, "--password-stdin", input=PASSWORD + "\n")
        assert found.exit_code == 0, found.stderr
        self.wire.seen.clear()

    def put(self, id: str, state: State = State.SCHEDULED, name: str = "Autumn wines", **fields: Any) -> None:
        """A schedule of app 2 in this state, with its run."""
        ports = self.world.ports
        ends = {"expires_at": ports.clock.now() + made.DAY_MS}
        run = made.run(id, app=2, state=state, **ends | fields)
        ports.runs.schedules[id] = made.schedule(id, app=2, state=state, name=name, **ends)
        ports.runs.stored[id] = (run, 1, ports.clock.now())
