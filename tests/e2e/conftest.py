"""The whole stack, as `make run` starts it: real functions in their own processes, Google's Firestore emulator."""

from collections.abc import Iterator

import pytest

from e2e.callers import Caller
from infra.local.supervisor import Stack, running_stack

SETTINGS = {"LEASE_S": "3", "SNS_REGION": "eu-west-1"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack"), settings=SETTINGS, sweep_every=2) as running:
        yield running


@pytest.fixture
def caller(stack: Stack) -> Iterator[Caller]:
    made = Caller(stack)
    made.fcm.delete("/behaviour").raise_for_status()
    yield made
    made.close()
