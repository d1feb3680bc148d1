"""The whole stack, as `make run` starts it: real functions in their own processes, Google's Firestore emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.callers import Caller
from infra.local.supervisor import Stack, running_stack
from queries import recording

SETTINGS = {"LEASE_S": "3", "SNS_REGION": "eu-west-1"}


@pytest.fixture(scope="session")
def asked_of_firestore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the functions write down what they ask."""
    return tmp_path_factory.mktemp("queries") / "asked.ndjson"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, asked_of_firestore: Path) -> Iterator[Stack]:
    listening = recording.environment(asked_of_firestore)
    where = tmp_path_factory.mktemp("stack")
    with running_stack(where, settings=SETTINGS, sweep_every=2, beside=listening) as running:
        yield running


@pytest.fixture
def caller(stack: Stack) -> Iterator[Caller]:
    made = Caller(stack)
    made.fcm.delete("/behaviour").raise_for_status()
    yield made
    made.close()
