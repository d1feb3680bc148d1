"""Every list: paged, bounded, and with cursors of its own only. Found in the document, so that none is forgotten."""

from functools import cache
from typing import Any
from urllib.parse import quote

import pytest

from fakes.world import World, assert_problem
from push.entrypoints.api.cursors import write_cursor

PAGED = {"cursor", "limit"}
# Nothing here changes it, so that one is enough.
WORLD, SCHEDULE = World(), "5" * 24
WORLD.add_reported(SCHEDULE, "alias1")


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = WORLD.call("GET", "/api/openapi.json", None).json()
    return found


def lists() -> list[str]:
    """The paths whose GET answers a list of any length."""
    schemas = document()["components"]["schemas"]
    found = []
    for path, operations in document()["paths"].items():
        answer = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" in answer and _holds_items(answer["application/json"]["schema"], schemas):
            found.append(path)
    return sorted(found)


def _holds_items(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    either = [schema, *schema.get("anyOf", [])]
    of = [schemas[each["$ref"].rsplit("/", 1)[1]] if "$ref" in each else each for each in either]
    return any("items" in each.get("properties", {}) or each.get("type") == "array" for each in of)


# What apps ask when they start: there are no versions to tell of, so there is nothing to page.
UNPAGED = {"/api/authentication/version"}
LISTS = [path for path in lists() if path not in UNPAGED]


def ask(path: str, query: str) -> Any:
    apps = "appId=2&" if "segmentation" in path else ""
    return WORLD.call("GET", f"{path.replace('{id}', SCHEDULE)}?{apps}{query}")


def test_the_lists_that_there_are_were_found() -> None:
    assert {"/api/push/schedule", "/api/core/app", "/api/push/schedule/{id}/failures"} <= set(LISTS)


@pytest.mark.parametrize("path", LISTS)
def test_no_list_is_without_pages(path: str) -> None:
    parameters = document()["paths"][path]["get"]["parameters"]
    assert {each["name"] for each in parameters} >= PAGED
    assert ask(path, "limit=1").status_code == 200
    for limit in ("0", "-1", "100001", "x"):
        assert_problem(ask(path, f"limit={limit}"), 422, "/limit")


MADE_UP = [
    "zzz", "W", "Wzzz", "null", "a/b", "é", "x" * 3_000, write_cursor([]), write_cursor([None]),  # type: ignore[list-item]
    write_cursor(["a/b"]), write_cursor([-1, 0, "a"]), write_cursor([True, 0, "a"]), write_cursor(["a", "b", "c", "d"]),
    write_cursor([10**18, 0, "a"]), write_cursor(["a", 0, ".."]), f"{write_cursor(['a'])}=", "WyJcdWQ4MDAiXQ",
]  # fmt: skip


@pytest.mark.parametrize("cursor", [made for made in MADE_UP if made], ids=range(len(MADE_UP)))
@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_is_none_of_the_lists_own_is_refused_and_not_answered_with_an_empty_page(
    path: str, cursor: str
) -> None:
    assert_problem(ask(path, f"cursor={quote(cursor)}"), 422, "/cursor")


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_cursor_is_none(path: str) -> None:
    assert ask(path, "cursor=").status_code == 200
