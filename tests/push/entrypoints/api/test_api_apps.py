"""`core/app`: apps and their secrets, as admins see them."""

import json
from typing import Any

import pytest

from fakes.world import SECRET, World, assert_problem
from push.entrypoints.api import core_examples

WINES = {"name": "Wines", "firebaseProject": "wines-prod"}


@pytest.fixture
def world() -> World:
    return World()


def token(world: World, client: str, secret: str) -> int:
    grant = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    return world.post("/api/oauth/token", grant, None).status_code


def test_an_app_is_made_with_what_it_does_not_say(world: World) -> None:
    answer = world.post("/api/core/app", WINES)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == set(core_examples.APP_ANSWER)
    assert (body["id"], body["androidDisplay"], body["aliasPolicy"], body["clientMayPush"]) == (
        4,
        "data",
        "locked",
        False,
    )
    assert body["receipts"] == {"mode": "all", "rate": None}
    assert [client["secrets"] for client in body["clients"]] == [[]]
    assert world.call("GET", "/api/core/app/4").json() == body


def test_an_app_may_bring_its_id_along_but_not_somebody_elses(world: World) -> None:
    assert world.post("/api/core/app", WINES | {"id": "70"}).json()["id"] == 70
    assert world.post("/api/core/app", WINES).json()["id"] == 71
    assert_problem(world.post("/api/core/app", WINES | {"id": 2}), 409)
    assert world.call("GET", "/api/core/app/2").json()["name"] == "App 2"


def test_apps_are_paged_and_never_show_a_secret(world: World) -> None:
    page = world.call("GET", "/api/core/app?limit=1").json()
    assert [app["id"] for app in page["items"]] == [2]
    assert page["pagination"]["totalItems"] == 2
    after = world.call("GET", f"/api/core/app?cursor={page['pagination']['nextCursor']}").json()
    assert [app["id"] for app in after["items"]] == [3]
    bare = world.call("GET", "/api/core/app?skip=true")
    assert [app["id"] for app in bare.json()] == [2, 3]
    hashes = [s.hash for app in world.ports.apps.stored.values() for c in app.clients for s in c.secrets]
    assert not any(secret in bare.text for secret in (SECRET, *hashes))


def test_an_app_that_was_read_may_be_put_back_as_it_is(world: World) -> None:
    before = world.call("GET", "/api/core/app/3").json()
    assert world.call("PUT", "/api/core/app/3", json=before).json() == before
    assert world.ports.audit.kept == []


def test_what_a_put_leaves_out_stays_and_what_it_says_is_kept(world: World) -> None:
    answer = world.call("PUT", "/api/core/app/3", json={"name": "Beers", "sounds": [], "receipts": {"mode": "off"}})
    assert answer.status_code == 200
    stored = world.ports.apps.stored[3]
    assert (stored.name, stored.sounds, stored.receipts.mode.value) == ("Beers", (), "off")
    assert (stored.client_may_push, stored.firebase_project) == (True, "firebase-3")
    assert len(stored.clients) == 1
    (change,) = world.ports.audit.kept
    assert (change.actor, change.resource, change.resource_id, change.app) == ("admin", "app", "3", 3)
    assert change.changes["name"] == ["App 3", "Beers"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"nmae": "x"}, "/nmae"),
        ({"name": "  "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"firebaseProject": "No Project"}, "/firebaseProject"),
        ({"androidDisplay": "loud"}, "/androidDisplay"),
        ({"aliasPolicy": "ajar"}, "/aliasPolicy"),
        ({"clientMayPush": "yes"}, "/clientMayPush"),
        ({"sounds": ["a b"]}, "/sounds/0"),
        ({"limits": {"tagsPerDevice": 101}}, "/limits/tagsPerDevice"),
        ({"limits": {"tags": 1}}, "/limits/tags"),
        ({"receipts": {"mode": "sampled"}}, "/receipts"),
        ({"receipts": {"mode": "sampled", "rate": 0}}, "/receipts/rate"),
        ({"receipts": {"mode": "all", "rate": 0.5}}, "/receipts"),
        ({"snsApplications": {"adm": "arn:aws:sns:eu-west-1:123456789012:app/BAIDU/wines"}}, "/snsApplications/adm"),
        ({"snsApplications": {"baidu": "wines"}}, "/snsApplications/baidu"),
        ({"snsApplications": {"gcm": "wines"}}, "/snsApplications/gcm"),
        ({"id": -1}, "/id"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(world: World, more: dict[str, Any], pointer: str) -> None:
    before = world.stored()
    assert_problem(world.post("/api/core/app", WINES | more), 422, pointer)
    assert_problem(world.call("PUT", "/api/core/app/2", json=more), 422, pointer)
    assert world.stored() == before


def test_platforms_beyond_fcm_are_named_together_and_who_named_them_is_kept(world: World) -> None:
    adm, baidu = (f"arn:aws:sns:eu-west-1:123456789012:app/{name}/wines" for name in ("ADM", "BAIDU"))
    world.call("PUT", "/api/core/app/3", json={"snsApplications": {"adm": adm, "baidu": baidu}})
    answer = world.call("PUT", "/api/core/app/3", json={"snsApplications": {"adm": adm}})
    assert answer.json()["snsApplications"] == {"adm": adm, "baidu": None}
    assert world.call("PUT", "/api/core/app/3", json=answer.json()).json() == answer.json()
    _, change = world.ports.audit.kept
    assert change.changes == {"sns_applications": [{"adm": adm, "baidu": baidu}, {"adm": adm, "baidu": None}]}


def test_a_put_does_not_move_an_app_to_another_id(world: World) -> None:
    assert_problem(world.call("PUT", "/api/core/app/2", json={"id": 5}), 422, "/id")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/secret"), ("DELETE", "/secret/x")]
)
def test_an_unknown_app_is_404(world: World, method: str, path: str) -> None:
    assert_problem(world.call(method, f"/api/core/app/99{path}", json={}), 404)


def test_a_new_secret_is_told_once_and_works_beside_the_old_one(world: World) -> None:
    answer = world.call("POST", "/api/core/app/2/secret")
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    added = answer.json()
    assert set(added) == set(core_examples.SECRET_ANSWER)
    assert token(world, added["clientId"], added["clientSecret"]) == 200
    assert token(world, "client-2", SECRET) == 200
    shown = world.call("GET", "/api/core/app/2")
    assert added["clientSecret"] not in shown.text
    assert added["id"] in [secret["id"] for secret in shown.json()["clients"][0]["secrets"]]


def test_a_revoked_secret_opens_nothing_and_the_other_one_still_does(world: World) -> None:
    old = world.call("GET", "/api/core/app/2").json()["clients"][0]["secrets"][0]["id"]
    added = world.call("POST", "/api/core/app/2/secret").json()
    assert world.call("DELETE", f"/api/core/app/2/secret/{old}").status_code == 200
    assert token(world, "client-2", SECRET) == 401
    assert token(world, added["clientId"], added["clientSecret"]) == 200
    assert_problem(world.call("DELETE", f"/api/core/app/2/secret/{old}"), 404)


def test_an_app_collects_no_more_secrets_than_a_change_needs(world: World) -> None:
    for _ in range(9):
        assert world.call("POST", "/api/core/app/2/secret").status_code == 201
    assert_problem(world.call("POST", "/api/core/app/2/secret"), 409)


def test_the_audit_of_a_secret_holds_no_secret(world: World) -> None:
    added = world.call("POST", "/api/core/app/2/secret").json()
    kept = json.dumps([change.model_dump(mode="json") for change in world.ports.audit.kept])
    assert "clients" in kept
    hashes = [secret.hash for client in world.ports.apps.stored[2].clients for secret in client.secrets]
    assert not any(secret in kept for secret in (added["clientSecret"], *hashes))
