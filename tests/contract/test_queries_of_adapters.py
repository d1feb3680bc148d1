"""Indexes against what the contract tests made the adapters ask of Firestore, both ways: the emulator minds neither.

Runs after the others (tests/conftest.py). Whether an index is used can be told only where all of them ran.
"""

from pathlib import Path

import pytest

from queries import indexes, recording

# What tests write by hand: what a newer release may add, and a text that somebody broke.
_NOBODYS = {
    indexes.Written("runs", "lanes", "map_value"),
    indexes.Written("shards", "lanes", "map_value"),
    indexes.Written("devices", "email", "map_value"),
}


@pytest.fixture
def recorded(asked_of_firestore: Path, request: pytest.FixtureRequest) -> recording.Recorded:
    ran = {item.path for item in request.session.items}
    if request.config.option.keyword or not ran >= {*Path(__file__).parent.glob("test_*.py")}:
        pytest.skip("only some of the contract tests ran")
    return recording.read(asked_of_firestore)


def test_every_query_has_its_index(recorded: recording.Recorded) -> None:
    assert len(recorded.needs) > 30
    refused = indexes.refused(recorded.needs, indexes.load())
    assert refused == [], "\n".join(map(str, refused))


def test_no_index_is_unused(recorded: recording.Recorded) -> None:
    unused = indexes.unused(recorded.needs, indexes.load())
    assert unused == [], "\n".join(map(str, unused))


def test_what_only_grows_or_is_many_has_no_index_that_nobody_reads(recorded: recording.Recorded) -> None:
    assert len(recorded.written) > 100
    burdens = indexes.burdens(recorded.written - _NOBODYS, recorded.needs, indexes.load())
    assert burdens == [], "\n".join(map(str, burdens))
