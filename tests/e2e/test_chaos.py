"""Everything breaks while it sends, and every promise holds: `make chaos` for a short while, with a seed of its own."""

import asyncio
from pathlib import Path

import pytest
from rich.console import Console

from infra.chaos.play import play
from infra.chaos.report import show

SEED = 7
TARGETS = 20_000
SECONDS = 24.0


@pytest.mark.timeout(400)
def test_whatever_breaks_every_promise_holds(tmp_path: Path) -> None:
    verdict = asyncio.run(play(tmp_path / "stack", SEED, TARGETS, SECONDS, summed=False))
    show(verdict, Console(width=150))
    assert verdict.good
