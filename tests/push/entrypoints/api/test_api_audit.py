"""Who changed what: admins read it, and nobody reads a secret in it."""

from typing import Any

import pytest

from fakes.world import ANDROID, PASSWORD, SECRET, World, assert_problem
from push.domain.account import Account, Right
from push.domain.role import Role

AUDIT = "/api/core/audit"
CODE = "code 4711"


@pytest.fixture
def world() -> World:
    """One of every change."""
    world = World()
    world.post("/api/core/app", {"id": 7, "name": "Wines", "firebaseProject": "wines-prod"})
    world.call("PUT", "/api/core/app/7", json={"firebaseProject": "wines-next", "limits": {"tagsPerDevice": 5}})
    world.secret = world.call("POST", "/api/core/app/7/secret").json()["clientSecret"]  # type: ignore[attr-defined]
    world.post("/api/core/role", {"name": "librarian", "rights": ["tags"]})
    made = world.post("/api/core/user", {"username": "etl", "password": "a first password", "role": "editor"}).json()
    world.call("PUT", f"/api/core/user/{made['id']}/password", json={"password": "a second password"})
    own = {"oldPassword": PASSWORD, "password": "my own new password"}
    world.call("PUT", "/api/core/user/self/password", "manager", json=own)
    world.post("/api/segmentation/tag", {"name": "Club", "value": "Gold"}, "gardener")
    shown = {"notification": {"title": CODE, "body": "for Ann alone"}}
    world.post(
        "/api/push/template", {"name": "An offer", "allows": ["text"], "payload": {"notification": {"body": "x"}}}
    )
    world.schedule(aliases=["ann@example.com"], payload=shown)
    return world


def items(world: World, query: str = "limit=100") -> list[Any]:
    answer = world.call("GET", f"{AUDIT}?{query}")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


def test_every_kind_of_change_is_there_newest_first_with_who_and_what(world: World) -> None:
    found = items(world)
    assert {each["resource"] for each in found} == {"app", "role", "account", "tag", "template", "schedule"}
    assert [each["at"] for each in found] == sorted((each["at"] for each in found), reverse=True)
    changed = next(each for each in found if each["resource"] == "app" and "firebaseProject" in each["changes"]
                   and each["action"] == "update")  # fmt: skip
    assert (changed["actor"], changed["resourceId"], changed["appId"]) == ("admin", "7", 7)
    assert changed["changes"]["firebaseProject"] == {"before": "wines-prod", "after": "wines-next"}
    assert changed["changes"]["limits"]["after"]["tagsPerDevice"] == 5
    made = next(each for each in found if each["resource"] == "tag")
    assert (made["action"], made["changes"]["name"]) == ("create", {"after": "Club"})


def test_nothing_that_is_secret_or_was_meant_for_one_person_is_in_it(world: World) -> None:
    text = world.call("GET", f"{AUDIT}?limit=100").text
    hashes = [secret.hash for app in world.ports.apps.stored.values() for c in app.clients for secret in c.secrets]
    accounts = world.ports.accounts.stored.values()
    private = [
        world.secret, SECRET, PASSWORD, "a first password", "a second password", "my own new password",  # type: ignore[attr-defined]
        CODE, "for Ann alone", "ann@example.com", *hashes, *(a.password_hash for a in accounts),
        *(a.stamp for a in accounts if a.stamp),
    ]  # fmt: skip
    assert [each for each in private if each in text] == []
    assert '"***"' in text


@pytest.mark.parametrize(
    ("query", "resources"),
    [
        ("resource=tag", {"tag"}), ("resource=app&resourceId=7", {"app"}), ("appId=2", {"schedule"}),
        ("actor=gardener", {"tag"}), ("actor=manager", {"account"}), ("actor=nobody", set()),
        (f"resource=tag&resourceId={ANDROID.id}", set()),
    ],
)  # fmt: skip
def test_it_is_searched_by_resource_app_and_actor(world: World, query: str, resources: set[str]) -> None:
    assert {each["resource"] for each in items(world, query)} == resources


def test_its_pages_follow_each_other(world: World) -> None:
    whole = [each["id"] for each in items(world)]
    page = world.call("GET", f"{AUDIT}?limit=4").json()
    assert page["pagination"]["totalItems"] == len(whole)
    seen = [each["id"] for each in page["items"]]
    while cursor := page["pagination"].get("nextCursor"):
        page = world.call("GET", f"{AUDIT}?limit=4&cursor={cursor}").json()
        seen += [each["id"] for each in page["items"]]
    assert seen == whole
    assert [each["id"] for each in world.call("GET", f"{AUDIT}?limit=3&page=2&skip=true").json()] == whole[3:6]


@pytest.mark.parametrize(
    ("query", "pointer"), [("resource=device", "/resource"), ("appId=x", "/appId"), ("cursor=..", "/cursor")]
)
def test_a_wrong_search_names_the_parameter(world: World, query: str, pointer: str) -> None:
    assert_problem(world.call("GET", f"{AUDIT}?{query}"), 422, pointer)


def test_who_manages_only_accounts_does_not_read_what_everybody_did(world: World) -> None:
    world.ports.roles.stored["porter"] = Role(name="porter", rights=(Right.USERS, Right.APPS))
    world.ports.accounts.stored["porter"] = Account(
        id="porter", username="porter", password_hash="h", role="porter", created_at=0
    )
    assert "and roles" in assert_problem(world.call("GET", AUDIT, "porter"), 403)["detail"]
    world.ports.roles.stored["porter"] = Role(name="porter", rights=(Right.USERS, Right.APPS, Right.ROLES))
    assert world.call("GET", AUDIT, "porter").status_code == 200
