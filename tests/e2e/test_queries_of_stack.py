"""Whatever the functions asked of Firestore in these tests has its index: the emulator answers without.

Runs after the others (tests/conftest.py).
"""

from pathlib import Path

import pytest

from infra.local.supervisor import Stack
from queries import indexes, recording


@pytest.fixture
def recorded(stack: Stack, asked_of_firestore: Path, request: pytest.FixtureRequest) -> recording.Recorded:
    if {item.path for item in request.session.items if item.path.parent == Path(__file__).parent} == {Path(__file__)}:
        pytest.skip("none of the tests ran that ask something")
    return recording.read(asked_of_firestore)


def test_every_query_of_the_stack_has_its_index(recorded: recording.Recorded) -> None:
    assert recorded.needs
    refused = indexes.refused(recorded.needs, indexes.load())
    assert refused == [], "\n".join(map(str, refused))
