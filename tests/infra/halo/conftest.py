"""The commands, as whoever sits at a terminal has them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.terminal import Halo
from fakes.world import PASSWORD


@pytest.fixture
def anybody(tmp_path: Path) -> Halo:
    """Nobody is logged in."""
    return Halo(tmp_path)


@pytest.fixture
def halo(anybody: Halo) -> Iterator[Halo]:
    """An admin is."""
    anybody.login()
    yield anybody
    assert not anybody.file.exists() or PASSWORD not in anybody.file.read_text()
