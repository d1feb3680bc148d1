"""The documentation is whole, and works without the internet. `test_api_examples.py` plays what it says."""

import json
import re
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

import push
from fakes.world import World


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    answer = World().call("GET", "/api/openapi.json", None)
    assert answer.status_code == 200
    made: dict[str, Any] = answer.json()
    return made


def test_every_group_of_operations_is_described_and_holds_some(document: dict[str, Any]) -> None:
    used = {tag for of in document["paths"].values() for operation in of.values() for tag in operation["tags"]}
    assert sorted(used) == sorted(group["name"] for group in document["tags"])
    assert all(group["description"] for group in document["tags"])


def test_nothing_in_the_document_points_nowhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in document["components"]["schemas"], name
    assert "HTTPValidationError" not in text
    ids = [op["operationId"] for operations in document["paths"].values() for op in operations.values()]
    assert len(ids) == len(set(ids))


def test_every_parameter_of_a_query_says_what_it_means(document: dict[str, Any]) -> None:
    silent = [
        f"{method} {path} {parameter['name']}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and not parameter.get("description")
    ]
    assert silent == []


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
    rare = ("fastapi_swagger", "google.auth", "google.cloud.firestore", "argon2", "joserfc", "push.adapters.fcm")
    code = f"import sys, push.entrypoints.api.app; print([name for name in {rare} if name in sys.modules])"
    functions = Path(push.__file__).parents[1]
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=functions)
    assert done.stdout.strip() == "[]"
