"""HALO's contract, sentence by sentence: a file for each of its sections, a test for each thing that clients rely on.

The clients are in `sdks`: they send what HALO's own SDKs send, byte for byte, and crash where those would.
"""

import pytest

from fakes.world import World
from halo.sdks.server import Server


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World) -> Server:
    return Server(world)
