"""Random requests, right and wrong ones, against the documentation: Schemathesis with all of its checks.

Every operation with every role and with an app's client: no crash, no answer that the document does not name, no
wrong content type, nothing served without a token. The seed is fixed here; `make fuzz` takes another one, and longer.
"""

import os
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation

from fakes.world import ANN, World
from push.domain.account import ROLES
from push.domain.user import User
from push.entrypoints.api.bodies import FORM

SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
CALLERS: tuple[str | int | User, ...] = (*sorted(ROLES), 2, ANN)
SCHEDULE, ALIAS = "5" * 24, "alias1"
# What a schema cannot say (a day after another one, an appId that an app's token makes superfluous) is said by a 422,
# by OAuth's own 400, and by the 400 for a form that names a field twice. Everything else must be accepted.
SAID_IN_WORDS = ("2xx", "401", "403", "404", "409", "412", "422", "429")
AnyCase = Case[Any]
Operation = tuple[str, str, bool]


def _operations() -> list[Operation]:
    """Method, path, and whether it takes forms; in one order, whichever process asks."""
    paths = World().call("GET", "/api/openapi.json", None).json()["paths"]
    return sorted(
        (method.upper(), path, FORM in operation.get("requestBody", {}).get("content", {}))
        for path, operations in paths.items()
        for method, operation in operations.items()
    )


@cache
def _world() -> tuple[World, str]:
    """One a process, with something to find in it."""
    world = World()
    return world, world.add_reported(SCHEDULE, ALIAS)


@cache
def _schema(*expected: str) -> Any:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", _world()[0].api)
    schema.config.checks.positive_data_acceptance.expected_statuses = list(expected)
    return schema


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("caller", CALLERS, ids=[*sorted(ROLES), "2", "user"])
@pytest.mark.parametrize("operation", _operations(), ids=lambda operation: " ".join(operation[:2]))
def test_whatever_comes_is_answered_as_documented(operation: Operation, caller: str | int | User) -> None:
    method, path, form = operation
    world, device = _world()
    found = _schema(*SAID_IN_WORDS, *(["400"] if form else []))[path][method]
    right, wrong = (
        found.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(right, wrong), at_home=st.booleans())
    def play(case: AnyCase, at_home: bool) -> None:
        if at_home and case.meta and case.meta.generation.mode is GenerationMode.POSITIVE:
            _at_home(case, device)
        case.call_and_validate(headers={} if _spoilt(case) else {"Authorization": f"Bearer {world.token(caller)}"})

    play()


def _spoilt(case: AnyCase) -> bool:
    """Whether the headers were made to be wrong, the token's among them: a good one would heal them."""
    headers = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    return headers is not None and headers.mode is GenerationMode.NEGATIVE


def _at_home(case: AnyCase, device: str) -> None:
    """The same request about what exists: random ids alone would rarely get further than 404."""
    if "id" in case.path_parameters:
        case.path_parameters["id"] = device if "/segmentation/" in case.path else SCHEDULE
    if "userId" in case.path_parameters and "/identified/" in case.path and case.method != "DELETE":
        case.path_parameters["userId"] = ANN.id
    if "appId" in case.query:
        case.query["appId"] = 2
    if isinstance(case.body, dict):
        known: dict[str, Any] = {"appId": 2, "schedule": SCHEDULE, "device": ALIAS, "schedules": [SCHEDULE]}
        case.body = {name: known.get(name, value) for name, value in case.body.items()}
