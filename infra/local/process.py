"""One running program with everything it starts: a session of its own, a log file, and an end that leaves nothing."""

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

GRACE = 8.0  # seconds between SIGTERM and SIGKILL; Google gives functions 10
_LOOK = 0.05  # seconds between two looks at whether it still runs
_TETHER = Path(__file__).with_name("tether.py")
_running: set["Process"] = set()


class Process:
    def __init__(self, command: Sequence[str], environment: Mapping[str, str], directory: Path, log: Path) -> None:
        tether = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid())]
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [*tether, *command], env=dict(environment), cwd=directory, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        _running.add(self)

    @property
    def pid(self) -> int:
        """Also the id of its process group."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def how_it_ended(self) -> str:
        code = self._popen.poll()
        if code is not None and code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def succeeded(self) -> bool:
        return self._popen.poll() == 0

    async def ended(self) -> None:
        while self.alive:  # noqa: ASYNC110  a process is not ours to have an event set
            await asyncio.sleep(_LOOK)

    async def stop(self) -> None:
        """SIGTERM, and after the grace SIGKILL for whatever of it is left."""
        if self.alive:
            self._popen.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE):
                    await self.ended()
        self.kill()

    def kill(self) -> None:
        """Ends all of it now: a worker outlives its dead master and would keep the port."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the second of a group of zombies
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        _running.discard(self)


@atexit.register
def _kill_the_rest() -> None:
    for process in list(_running):
        process.kill()
