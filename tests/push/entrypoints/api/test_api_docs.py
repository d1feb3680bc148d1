"""The documentation is true, and works without the internet."""

import json
import re
import sys
from functools import reduce
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from pydantic import TypeAdapter

import push
from fakes.world import ANDROID, ANN, PASSWORD, SECRET, World
from push.entrypoints.api import core_examples, examples, template_examples, user_examples
from push.entrypoints.api.schemas import results
from push.entrypoints.api.schemas.accounts import AccountOut, SelfOut
from push.entrypoints.api.schemas.activity import ActivityOut
from push.entrypoints.api.schemas.apps import AppOut, NewSecretOut
from push.entrypoints.api.schemas.device_answers import DeletedDeviceOut, DeviceOut, ExportOut, FoundDeviceOut
from push.entrypoints.api.schemas.jobs import JobOut
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.roles import RoleOut
from push.entrypoints.api.schemas.schedule_answers import ScheduleOut
from push.entrypoints.api.schemas.tags import TagDetailOut, TagEntryOut
from push.entrypoints.api.schemas.templates import TemplateOut
from push.entrypoints.api.schemas.tokens import TokenOut
from push.entrypoints.api.schemas.user_answers import DeletedUserOut, LinkedOut, UserDetailOut, UserExportOut
from push.entrypoints.api.schemas.users import LoggedInOut, UserOut

# Whom the examples are about, beside the device that each of them finds.
_REGISTERED = "With an email and a password"
PATHS = {"{appId}": "2", "{userId}": "editor", "{name}": "gardener"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = World().call("GET", "/api/openapi.json", None)
    assert answer.status_code == 200
    made: dict[str, Any] = answer.json()
    return made


def test_every_example_in_the_document_is_accepted(document: dict[str, Any]) -> None:
    sent = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody")
            for example in body["content"]["application/json"]["examples"].values() if body else ():
                sent += 1
                world = World()
                world.ports.tags.stored[examples.TAG_ID] = ANDROID.model_copy(update={"id": examples.TAG_ID})
                device = world.device().json()
                world.add_reported(examples.SCHEDULE_ID, examples.ALIAS)
                world.post("/api/segmentation/identified/register", user_examples.REGISTER[_REGISTERED], 2)
                tokens = world.post("/api/oauth/token", _credentials("password"), None).json()
                value = _credentials(example["value"].get("grant_type"), tokens) or example["value"]
                phones = ("/api/segmentation/appuser", "/api/segmentation/device", "/api/segmentation/identified/")
                who = 2 if path.startswith(phones) else "admin"
                template = world.post("/api/push/template", template_examples.TEMPLATES["An offer"]).json()["id"]
                if value.get("template"):
                    value = value | {"template": template}
                ids = {
                    "schedule": world.schedule(draft=True).json()["id"],
                    "template": template,
                    "/tag/": examples.TAG_ID,
                }
                id_ = next((ids[name] for name in ids if name in path), device["id"])
                path_of = path.replace("/identified/{userId}", f"/identified/{ANN.id}").replace("{id}", id_)
                named = reduce(lambda at, name: at.replace(*name), PATHS.items(), path_of)
                who = "admin" if "{userId}" in path else who
                at = f"{named}?appId=2" if "/identified/{userId}" in path else named
                answer = world.call(method.upper(), at, who, json=value)
                assert answer.status_code in (200, 201), (path, example, answer.text)
                assert str(answer.status_code) in operation["responses"]
    assert sent > 15


def _credentials(grant: str | None, tokens: dict[str, str] | None = None) -> dict[str, str]:
    """The documented grants with this world's secrets in them."""
    match grant:
        case "client_credentials":
            return {"grant_type": grant, "client_id": "client-2", "client_secret": SECRET}
        case "password":
            return {"grant_type": grant, "username": "admin", "password": PASSWORD}
        case "refresh_token":
            return {"grant_type": grant, "refresh_token": (tokens or {})["refresh_token"]}
    return {}


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (TokenOut, examples.TOKEN_ANSWER), (DeviceOut, examples.DEVICE_ANSWER), (ScheduleOut, examples.SCHEDULE_ANSWER),
        (Page[ScheduleOut], examples.PAGE_ANSWER), (AppOut, core_examples.APP_ANSWER),
        (Page[AppOut], core_examples.APP_PAGE), (NewSecretOut, core_examples.SECRET_ANSWER),
        (AccountOut, core_examples.ACCOUNT_ANSWER), (Page[AccountOut], core_examples.ACCOUNT_PAGE),
        (SelfOut, core_examples.SELF_ANSWER), (RoleOut, core_examples.ROLE_ANSWER),
        (Page[RoleOut], core_examples.ROLE_PAGE),
        (results.ResultsOut, examples.RESULTS_ANSWER),
        (results.ArchiveOut, examples.ARCHIVE_ANSWER), (results.FailuresOut, examples.FAILURES_ANSWER),
        (results.StatisticsOut, examples.STATISTICS_ANSWER), (ActivityOut, next(iter(examples.ACTIVITY.values()))),
        (TemplateOut, template_examples.TEMPLATE_ANSWER),
        (Page[TemplateOut], template_examples.TEMPLATE_PAGE),
        (Page[FoundDeviceOut], examples.DEVICE_PAGE),
        (DeletedDeviceOut, examples.DELETED_DEVICE), (ExportOut, examples.DEVICE_EXPORT),
        (TagEntryOut, examples.TAG_ANSWER), (JobOut, examples.JOB_ANSWER),
        (UserOut, user_examples.USER_ANSWER), (LoggedInOut, user_examples.LOGIN_ANSWER),
        (UserDetailOut, user_examples.USER_DETAIL), (Page[UserDetailOut], user_examples.USER_PAGE),
        (DeletedUserOut, user_examples.DELETED_USER), (UserExportOut, user_examples.USER_EXPORT),
        (Page[FoundDeviceOut], user_examples.USER_DEVICES), (LinkedOut, user_examples.LINKED),
        (FoundDeviceOut, user_examples.UNLINKED),
        (TagDetailOut, examples.TAG_DETAIL), (Page[TagEntryOut], examples.TAG_PAGE),
    ],
)  # fmt: skip
def test_every_documented_answer_has_the_shape_of_real_ones(model: type[Any], example: dict[str, Any]) -> None:
    parsed = TypeAdapter(model).validate_python(example)
    assert set(example) <= set(json.loads(parsed.model_dump_json(by_alias=True)))


def test_an_answer_and_its_example_have_the_same_fields() -> None:
    world = World()
    assert set(world.device().json()) == set(examples.DEVICE_ANSWER)
    shown = {"notification": examples.NOTIFICATION}
    assert set(world.schedule(aliases=["alias1"], payload=shown).json()) == set(examples.SCHEDULE_ANSWER)


def test_every_operation_says_what_it_does_who_may_call_and_what_can_go_wrong(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        assert path.startswith("/api/")
        for operation in operations.values():
            assert operation["summary"]
            if path.startswith(("/api/push", "/api/segmentation", "/api/core")):
                assert operation["security"] == [{"bearer": []}]
                assert {"401", "403", "404", "405", "422", "503"} <= set(operation["responses"])
                if "requestBody" in operation:
                    assert {"400", "409", "413", "415"} <= set(operation["responses"])


def test_nothing_in_the_document_points_nowhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in document["components"]["schemas"], name
    assert "HTTPValidationError" not in text
    ids = [op["operationId"] for operations in document["paths"].values() for op in operations.values()]
    assert len(ids) == len(set(ids))


def test_swagger_ui_needs_nothing_from_elsewhere() -> None:
    world = World()
    page = world.call("GET", "/api/docs/", None)
    assert page.status_code == 200
    assert not re.findall(r"(?:https?:)?//[a-z]", re.sub(r"<!--.*?-->", "", page.text))
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        answer = world.call("GET", asset, None)
        assert (answer.status_code, len(answer.content) > 100) == (200, True), asset
    assert '"validatorUrl": null' in page.text
    assert world.call("GET", "/api/docs/../app.py", None).status_code == 404
    assert world.call("GET", "/api/docs/other.js", None).status_code == 404


def test_importing_the_api_loads_nothing_that_only_some_requests_need() -> None:
    rare = ("fastapi_swagger", "google.auth", "google.cloud.firestore", "argon2", "joserfc", "pycurl")
    code = f"import sys, push.entrypoints.api.app; print([name for name in {rare} if name in sys.modules])"
    functions = Path(push.__file__).parents[1]
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=functions)
    assert done.stdout.strip() == "[]"
