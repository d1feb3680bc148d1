"""Who reads what without the functions. Each row is a document, and a list of its kind; `-` reaches neither."""

from typing import Any

import pytest

from fakes.world import World
from push.domain.account import ROLES, Right

# `analyst` and `tagger` are roles that somebody made, with the right to statistics and to tags; `gone` is a role that
# nobody made (any more). `unclaimed` has signed in, as users of an app do, and phones are `anonymous`.
TABLE = """
                            admin manager editor analyst tagger  gone unclaimed anonymous nobody
schedules/sent              reads reads   reads  reads   -       -    -         -         -
templates/wines             reads reads   reads  -       -       -    -         -         -
tags/porto                  reads reads   reads  -       reads   -    -         -         -
runs/sent/failures/phone    reads reads   reads  reads   -       -    -         -         -
runs/sent/activity/device   reads reads   -      -       -       -    -         -         -
runs/sent/rollups/activity  gets  gets    gets   gets    -       -    -         -         -
stats/1-2026-11-22          reads reads   reads  reads   -       -    -         -         -
apps/1/devices/key          reads reads   -      -       -       -    -         -         -
jobs/done                   reads reads   -      -       reads   -    -         -         -
jobs/failed                 reads reads   -      -       reads   -    -         -         -
roles/analyst               reads -       -      -       -       -    -         -         -
audit/change                reads -       -      -       -       -    -         -         -
pace/demo                   reads -       -      -       -       -    -         -         -
jobs/running                -     -       -      -       -       -    -         -         -
apps/1                      -     -       -      -       -       -    -         -         -
apps/1/targets/key          -     -       -      -       -       -    -         -         -
runs/sent                   -     -       -      -       -       -    -         -         -
runs/sent/shards/0          -     -       -      -       -       -    -         -         -
runs/sent/lists/0           -     -       -      -       -       -    -         -         -
runs/sent/rollups/other     -     -       -      -       -       -    -         -         -
accounts/key                -     -       -      -       -       -    -         -         -
users/1-ana                 -     -       -      -       -       -    -         -         -
logins/key                  -     -       -      -       -       -    -         -         -
tokens/family               -     -       -      -       -       -    -         -         -
attempts/key                -     -       -      -       -       -    -         -         -
limits/key                  -     -       -      -       -       -    -         -         -
idempotency/key             -     -       -      -       -       -    -         -         -
clock/now                   -     -       -      -       -       -    -         -         -
unheard-of/document         -     -       -      -       -       -    -         -         -
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
# The operation of the API that shows it.
SHOWN_BY = {
    "schedules/sent": ("/api/push/schedule/{id}", "get"),
    "templates/wines": ("/api/push/template/{id}", "get"),
    "tags/porto": ("/api/segmentation/tag/{id}", "get"),
    "runs/sent/failures/phone": ("/api/push/schedule/{id}/failures", "get"),
    "runs/sent/activity/device": ("/api/segmentation/appuser/{id}/export", "get"),
    "runs/sent/rollups/activity": ("/api/push/schedule/{id}/results", "get"),
    "stats/1-2026-11-22": ("/api/push/statistics", "get"),
    "apps/1/devices/key": ("/api/segmentation/appuser", "get"),
    "jobs/done": ("/api/jobs/{id}", "get"),
    "roles/analyst": ("/api/core/role", "get"),
    "audit/change": ("/api/core/audit", "get"),
    # Nothing shows it. It is set for Firebase projects, which apps name.
    "pace/demo": ("/api/core/app", "get"),
}
STATES = {"jobs/done": "done", "jobs/failed": "failed", "jobs/running": "running"}


@pytest.fixture(scope="module", autouse=True)
def _stored(rules: Any) -> None:
    for path, *_ in ROWS:
        if path != "roles/analyst":
            rules.store(path, {"v": 1, "state": STATES.get(path, "sent")})


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_role_reads_what_the_table_says(rules: Any, row: list[str]) -> None:
    path, *expected = row
    # Without a condition the jobs that run would be among them.
    state = {"state": STATES[path]} if path in STATES else {}
    found = {
        who: "reads" if listed and got else "gets" if got else "lists" if listed else "-"
        for who in HEAD
        for got, listed in [(rules.get(who, path), rules.list(who, path, **state))]
    }
    assert found == dict(zip(HEAD, expected, strict=True))


@pytest.fixture(scope="module")
def paths() -> Any:
    return World().call("GET", "/api/openapi.json", None).json()["paths"]


@pytest.mark.parametrize("path", SHOWN_BY)
def test_whoever_the_api_shows_it_to_reads_it_and_nobody_else(rules: Any, paths: Any, path: str) -> None:
    """By each right alone, as a role of its own has it."""
    route, method = SHOWN_BY[path]
    needs = paths[route][method]["x-required-right"]
    rights = {right for right in Right if rules.get(f"only-{right}", path)}
    assert rights == (set(needs["anyOf"]) if "anyOf" in needs else set())
    assert "anyOf" in needs or {role for role in ROLES if ROLES[role] >= set(needs["allOf"])} == {
        role for role in ROLES if rules.get(role, path)
    }


def test_every_row_that_somebody_reads_says_what_shows_it() -> None:
    assert {path for path, *cells in ROWS if {*cells} != {"-"}} == {*SHOWN_BY, "jobs/failed"}


def test_a_list_must_say_how_long_it_may_get(rules: Any) -> None:
    for path in SHOWN_BY:
        if not path.startswith(("runs/sent/rollups", "jobs")):
            assert not rules.list("admin", path, limit=None)
            assert rules.list("admin", path, limit=1_000)
            assert not rules.list("admin", path, limit=1_001)


def test_jobs_are_listed_by_their_end_only(rules: Any) -> None:
    assert rules.list("admin", "jobs/done", state="done")
    assert not rules.list("admin", "jobs/done", limit=None, state="done")
    assert not rules.list("admin", "jobs/done", limit=1_001, state="done")
    assert not rules.list("admin", "jobs/done", state="running")
    assert not rules.list("admin", "jobs/done")


def test_a_claim_that_is_no_name_of_a_role_is_none(rules: Any) -> None:
    rules.store("roles/analyst/made/up", {"v": 1, "rights": [*Right]})
    assert not rules.get("path", "schedules/sent")
    assert not rules.get("number", "schedules/sent")


def test_a_role_is_what_it_is_now_and_not_when_its_token_was_issued(rules: Any) -> None:
    rules.store("roles/passing", {"v": 1, "name": "passing", "rights": [Right.STATISTICS]})
    assert rules.get("passing", "schedules/sent")
    rules.store("roles/passing", {"v": 1, "name": "passing", "rights": [Right.TAGS]})
    assert not rules.get("passing", "schedules/sent")


def test_nobody_makes_a_role_named_like_a_fixed_one_count(rules: Any) -> None:
    rules.store("roles/editor", {"v": 1, "name": "editor", "rights": [*Right]})
    assert not rules.get("editor", "audit/change")
