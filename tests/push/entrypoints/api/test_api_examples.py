"""The documentation, played: every operation with every example of its request, to answers of the documented shape.

A new endpoint is in here by itself. It fails until it has examples, errors and a right in the document, and until
`staged` makes something for the parameters of its path to name.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

import jsonschema_rs
import pytest

from fakes.world import ANDROID, ANN, PASSWORD, SECRET, World
from push.domain.account import Right
from push.domain.role import Role
from push.domain.schedule import State
from push.entrypoints.api import examples
from push.entrypoints.api.bodies import FORM
from push.entrypoints.api.problems import MEDIA_TYPE as PROBLEM
from push.entrypoints.api.template_examples import TEMPLATE_ID, TEMPLATES
from push.entrypoints.api.user_examples import REGISTER

JSON = "application/json"
READ, WRITTEN = {"401", "403", "404", "405", "422", "503"}, {"400", "409", "413", "415"}


class Call(NamedTuple):
    """One request of the documentation; `name` is its example's, "" where it takes no body."""

    method: str
    path: str
    kind: str = JSON
    name: str = ""
    body: Any = None


@cache
def document() -> dict[str, Any]:
    made: dict[str, Any] = World().call("GET", "/api/openapi.json", None).json()
    return made


def operations() -> Iterator[tuple[str, str]]:
    for path, of_path in sorted(document()["paths"].items()):
        for method in sorted(of_path):
            yield method.upper(), path


def operation_of(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][path][method.lower()]
    return found


def calls() -> Iterator[Call]:
    for method, path in operations():
        content = operation_of(method, path).get("requestBody", {}).get("content", {})
        if not content:
            yield Call(method, path)
        for kind, said in sorted(content.items()):
            for name, example in said["examples"].items():
                yield Call(method, path, kind, name, example["value"])


def staged(world: World) -> dict[str, str]:
    """Something for each parameter of a path to name; of apps, roles and accounts one that may be removed."""
    made = world.post("/api/push/template", TEMPLATES["An offer"]).json()["id"]
    template, version = world.ports.templates.stored.pop(made)
    world.ports.templates.stored[TEMPLATE_ID] = (template.model_copy(update={"id": TEMPLATE_ID}), version)
    world.ports.tags.stored[examples.TAG_ID] = ANDROID.model_copy(update={"id": examples.TAG_ID})
    world.ports.roles.stored["unused"] = Role(name="unused", rights=(Right.TAGS,))
    device = world.add_reported(examples.SCHEDULE_ID, examples.ALIAS)
    devices = world.ports.devices.stored
    devices[2, examples.ALIAS] = devices[2, examples.ALIAS].model_copy(update={"user": ANN.id})
    job = world.call("DELETE", f"/api/segmentation/tag/{world.add_tag('A tag', 'on its way out').id}").json()["id"]
    return {
        "/core/app/{appId}": "3",
        "/core/app/{appId}/secret/{secretId}": world.call("POST", "/api/core/app/3/secret").json()["id"],
        "/core/user/{userId}": "editor",
        "/core/role/{name}": "unused",
        "/segmentation/appuser/{id}": device,
        "/segmentation/device/{id}": device,
        "/segmentation/identified/{userId}": ANN.id,
        "/segmentation/identified/{userId}/devices/{deviceId}": device,
        "/segmentation/tag/{id}": world.add_tag("Nobody", "offers it").id,
        "/push/schedule/{id}": world.schedule(draft=True).json()["id"],
        "/push/template/{id}": TEMPLATE_ID,
        "/jobs/{id}": job,
    }


def halt(world: World) -> None:
    """Every schedule there is."""
    for id_, (run, version, at) in world.ports.runs.stored.items():
        world.ports.runs.stored[id_] = (run.model_copy(update={"state": State.HALTED}), version, at)


def named(path: str, stage: dict[str, str]) -> str:
    """`path` with its parameters filled in."""
    made = ""
    for part in re.findall(r"[^{]+(?:\{\w+\})?", path):
        before, _, parameter = part.partition("{")
        thing = path[: path.index(part) + len(part)].removeprefix("/api")
        assert not parameter or thing in stage, f"say in staged() what {thing} names"
        made += before + (stage[thing] if parameter else "")
    return made


def with_secrets(body: Any, world: World) -> Any:
    """The documented grants with this world's secrets in them; anything else as it is."""
    match body:
        case {"grant_type": "client_credentials"}:
            return body | {"client_id": "client-2", "client_secret": SECRET}
        case {"grant_type": "password"}:
            return body | {"username": "admin", "password": PASSWORD}
        case {"grant_type": "refresh_token"}:
            grant = {"grant_type": "password", "username": "admin", "password": PASSWORD}
            return body | {"refresh_token": world.post("/api/oauth/token", grant, None).json()["refresh_token"]}
    return body


def closed(schema: Any) -> Any:
    """The same schema, but what it does not name may not be there."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(each) for name, each in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        made.setdefault("additionalProperties", False)
    return made


@cache
def components() -> Any:
    return closed(document()["components"])


def assert_shaped(value: Any, schema: dict[str, Any]) -> None:
    validator = jsonschema_rs.Draft202012Validator({"components": components(), **closed(schema)})
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)] == []


def success(operation: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The first documented success, with its content."""
    status = next(status for status in operation["responses"] if status.startswith("2"))
    return int(status), operation["responses"][status]["content"][JSON]


EVERY = pytest.mark.parametrize(("method", "path"), list(operations()), ids=[" ".join(each) for each in operations()])


@pytest.mark.parametrize("call", list(calls()), ids=lambda call: " ".join([*call[:2], call.kind[-4:], call.name]))
def test_every_example_is_accepted_and_answered_in_the_documented_shape(call: Call) -> None:
    world = World()
    path = named(call.path, staged(world))
    if call.path.endswith("/login"):
        world.post("/api/segmentation/identified/register", REGISTER["With an email and a password"], 2)
    if call.path.endswith("/resume"):
        halt(world)
    operation = operation_of(call.method, call.path)
    asks = any(each["name"] == "appId" and each["in"] == "query" for each in operation.get("parameters", []))
    request: dict[str, Any] = {"params": {"appId": 2} if asks else {}}
    body = with_secrets(call.body, world)
    if call.kind == FORM:
        request |= {"content": urlencode(body), "headers": {"Content-Type": FORM}}
    elif call.name:
        request["json"] = body
    answer = world.call(call.method, path, **request)
    status, content = success(operation)
    assert answer.status_code == status, answer.text
    assert_shaped(answer.json(), content["schema"])


@EVERY
def test_every_operation_has_examples_of_what_it_takes_and_answers(method: str, path: str) -> None:
    operation = operation_of(method, path)
    for said in operation.get("requestBody", {}).get("content", {}).values():
        assert said["examples"]
        for example in said["examples"].values():
            assert_shaped(example["value"], said["schema"])
    _, content = success(operation)
    assert_shaped(content["example"], content["schema"])


def rights_of(operation: dict[str, Any]) -> list[str]:
    declared = operation["x-required-right"]
    rights: list[str] = declared["allOf" if "allOf" in declared else "anyOf"]
    return rights


@EVERY
def test_every_operation_says_what_can_go_wrong_and_shows_it(method: str, path: str) -> None:
    operation = operation_of(method, path)
    failures = {status: said for status, said in operation["responses"].items() if status[0] in "45"}
    guarded = bool(rights_of(operation))
    expected = (READ if guarded else {"405"}) | (WRITTEN if guarded and "requestBody" in operation else set())
    assert expected <= failures.keys()
    for status, said in failures.items():
        content = said["content"][PROBLEM]
        assert content["schema"]["$ref"].endswith("/Problem")
        assert_shaped(content["example"], content["schema"])
        assert content["example"]["status"] == int(status)


@EVERY
def test_every_operation_says_what_it_does_and_which_right_it_needs(method: str, path: str) -> None:
    operation = operation_of(method, path)
    assert operation["summary"]
    rights = rights_of(operation)
    everybody = not rights
    assert "**Needs** " in operation["description"]
    if everybody:
        assert operation.get("security") in (None, [{}], [{}, {"basic": []}])
        assert "no token" in operation["description"]
    else:
        assert operation["security"] == [{"bearer": []}]
        assert set(rights) == set(Right) or all(f"`{right}`" in operation["description"] for right in rights)
