"""What a command finds around it, in one place, so that tests can put another world there."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


def _is_somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


@dataclass(frozen=True)
class Surroundings:
    """`now` in seconds since 1970; `transport` None is the network; `somebody` whether questions would be answered;
    `local` is where a local stack says how to reach it."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    transport: httpx.BaseTransport | None = None
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    somebody: Callable[[], bool] = _is_somebody_there
    local: Path = ROOT / ".local" / "stack.json"

    @property
    def directory(self) -> Path:
        """Where the login is kept (XDG Base Directory Specification: a relative path counts as not set)."""
        named = Path(self.environment.get("XDG_CONFIG_HOME", ""))
        home = Path(self.environment.get("HOME") or Path.home())
        return (named if named.is_absolute() else home / ".config") / "halo"
