"""Random requests, right and wrong ones, against the documentation: Schemathesis with all of its checks.

Every operation with every role and with an app's client: no crash, no answer that the document does not name, no
wrong content type, nothing served without a token. The seed is fixed here; `make fuzz` takes another one, and longer.
"""

import os
import re
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
EXPECTED = ("2xx", "401", "403", "404", "409", "412", "422", "429")
# What JSON Schema cannot say, or not without hiding what it means, is said by a 422 that names the field: these, of
# these operations, and no other. A request that the document allows and that is refused for any other reason fails.
SAID_IN_WORDS: dict[str, str] = {
    r"must be a whole number": r".*",  # 2.0, which JSON Schema takes for an integer
    r"must be at most [\d,]+ bytes long": r".*",  # it counts characters
    r"leads past [\d,]+ \w+: follow nextCursor": r"GET .*",  # page and limit together
    r"must be 1: these are not numbered": r"GET /api/segmentation/.*",
    r"must be the nextCursor of an earlier page of the same list": r"GET .*",
    r"must be the (id|name) in the path, or absent": r"PUT .*",
    r"is missing: name the app.*|must be the same in the body and in the query": r"\w+ /api/segmentation/.*",
    r"there is no tag ": r"(POST|PUT) /api/push/(schedule|template).*",
    r"no such template.*": r"(POST|PUT) /api/push/schedule.*",
    r"looks like seconds": r"(POST|PUT) /api/push/schedule.*",
    r"must lie after sendOn|lies too far ahead": r"(POST|PUT) /api/push/schedule.*",
    r"must stay: a schedule belongs|cannot be changed": r"PUT .*",
    r"must be one of HALO's sounds": r"(POST|PUT) /api/push/schedule.*",
    r"does not fit": r"(POST|PUT) /api/push/(schedule|template).*",
    r"loc_(key|args) needs? a|are one field": r"(POST|PUT) /api/push/(schedule|template).*",
    r"a notification needs a title or a body": r"(POST|PUT) /api/push/(schedule|template).*",
    r"2_FACTOR": r"(POST|PUT) /api/push/(schedule|template).*",
    r"is where the schedule's own content": r"(POST|PUT) /api/push/schedule.*",
    r"was sent with another body": r"POST /api/push/schedule.*",
    r"would never show anything|makes it silent": r"(POST|PUT) /api/push/template.*",
    r"must be at most 1,000: follow nextCursor": r"GET /api/push/schedule/{id}/failures",  # more as text/csv
    r"must (not lie after|lie at most 91 days before) `to`": r"GET /api/push/statistics",
    r"is not a role": r"(POST|PUT) /api/core/user.*",
    r"must be a range like": r"(POST|PUT) /api/core/user.*",
    r"must have no colon": r"POST /api/core/user",  # letters that nobody sees
    r"must name from 1 to 100 aliases and devices": r"POST /api/segmentation/identified/.*",  # together
    r"must name either aliases or users": r"(POST|PUT) /api/push/schedule.*",
    r"must be the email to log in with": r"POST /api/segmentation/identified/register",
    # Firebase knows more of addresses and passwords than we do, and changes its mind.
    r"is no address|is too weak": r"POST /api/segmentation/identified/register",
    r"is not your password": r"PUT /api/core/user/self/password",
}
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
def _world() -> World:
    """One a process."""
    return World()


@cache
def _schema(*expected: str) -> Any:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", _world().api)
    schema.config.checks.positive_data_acceptance.expected_statuses = list(expected)
    return schema


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("caller", CALLERS, ids=[*sorted(ROLES), "2", "user"])
@pytest.mark.parametrize("operation", _operations(), ids=lambda operation: " ".join(operation[:2]))
def test_whatever_comes_is_answered_as_documented(operation: Operation, caller: str | int | User) -> None:
    method, path, form = operation
    world = _world()
    found = _schema(*EXPECTED, *(["400"] if form else []))[path][method]
    right, wrong = (
        found.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(right, wrong), at_home=st.booleans())
    def play(case: AnyCase, at_home: bool) -> None:
        if at_home and _allowed(case):
            # Anew, since the request before may have removed them.
            _at_home(case, world.add_reported(SCHEDULE, ALIAS))
        headers = {} if _spoilt(case) else {"Authorization": f"Bearer {world.token(caller)}"}
        answer = case.call_and_validate(headers=headers)
        if answer.status_code == 422 and _allowed(case):
            assert _in_words(f"{method} {path}", answer.json()["errors"]), answer.text

    play()


def _allowed(case: AnyCase) -> bool:
    """Whether all of it is as the document says."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _in_words(operation: str, errors: list[dict[str, str]]) -> bool:
    known = [reason for reason, of in SAID_IN_WORDS.items() if re.fullmatch(of, operation)]
    return all(any(re.search(reason, error["message"]) for reason in known) for error in errors)


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
