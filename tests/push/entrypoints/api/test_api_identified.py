"""Users of an app register and log in, as HALO's SDKs have them do."""

from typing import Any

import httpx
import pytest

from fakes import made
from fakes.identities import vouch
from fakes.world import ANN, SECRET, World, assert_problem
from push.domain.attempts import MOST, WINDOW_MS
from push.domain.identity import Identity

REGISTER = "/api/segmentation/identified/register"
LOGIN = "/api/segmentation/identified/login"
BOB = {"email": "bob@example.com", "password": "a long password"}
ALIAS = "anonymous-1"


@pytest.fixture
def world() -> World:
    return World()


def register(world: World, who: Any = 2, auth: Any = (), **profile: Any) -> httpx.Response:
    known = {"email": BOB["email"], "name": "Bob", "surname": "Ray"}
    body = {"auth": {"deviceId": ALIAS, **BOB, **dict(auth)}, "profile": known | profile}
    return world.post(REGISTER, body, who)


def login(world: World, who: Any = 2, **said: str) -> httpx.Response:
    """As Android does it, by a form."""
    form = {"network": "halo", "deviceId": ALIAS, **BOB} | said
    return world.call("POST", LOGIN, who, data=form)


def by_google(world: World, email: str, verified: bool = True, **more: str) -> httpx.Response:
    """As iOS does it, by JSON."""
    token = vouch(email, verified, **more)
    return world.post(LOGIN, {"network": "google", "token": token, "deviceId": ALIAS, "more": {"of": "iOS"}}, 2)


def test_a_registered_user_has_a_profile_that_the_sdks_can_read(world: World) -> None:
    answer = register(world, displayName="Bobby", photoUrl="https://example.com/b.png")
    assert answer.status_code == 201
    profile = answer.json()
    assert profile.pop("id").startswith("identified-")
    assert profile == {
        "email": "bob@example.com", "name": "Bob", "surname": "Ray", "displayName": "Bobby",
        "photoUrl": "https://example.com/b.png",
    }  # fmt: skip


def test_a_login_answers_the_user_and_a_token_like_that_of_oauth(world: World) -> None:
    registered = register(world).json()
    answer = login(world)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["user"] == registered | {"displayName": "Bob Ray", "photoUrl": ""}
    token = answer.json()["token"]
    assert (token.pop("expires_in"), token["scope"], token["token_type"]) == (86_400_000, "app", "Bearer")
    assert all(isinstance(value, str) and value for value in token.values())


def test_a_users_token_syncs_devices_and_reports_activity_and_no_more(world: World) -> None:
    register(world)
    world.add_reported("5" * 24, "alias1")
    bearer = {"Authorization": f"Bearer {login(world).json()['token']['access_token']}"}
    device = world.call("POST", "/api/segmentation/appuser/", None, json={"alias": ALIAS}, headers=bearer)
    assert device.status_code == 201
    path = f"/api/segmentation/appuser/{device.json()['id']}"
    assert world.call("PUT", path, None, json={"location": "1,2"}, headers=bearer).status_code == 200
    said = {"device": "alias1", "schedule": "5" * 24, "action": "open", "platform": "ios"}
    assert world.call("POST", "/api/push/schedule/activity", None, json=said, headers=bearer).status_code == 200
    assert_problem(world.call("POST", "/api/push/schedule", None, json={}, headers=bearer), 403)


def test_logging_in_links_the_device_of_that_alias(world: World) -> None:
    world.device(alias=ALIAS)
    register(world)
    assert world.ports.devices.stored[2, ALIAS].user is None
    user = login(world).json()["user"]["id"]
    assert world.ports.devices.stored[2, ALIAS].user == user
    other = by_google(world, "eve@example.com").json()["user"]["id"]
    assert world.ports.devices.stored[2, ALIAS].user == other != user


def test_a_login_before_the_device_is_known_is_not_lost(world: World) -> None:
    register(world)
    logged_in = login(world).json()
    headers = {"Authorization": f"Bearer {logged_in['token']['access_token']}"}
    assert world.call("POST", "/api/segmentation/appuser", None, json={"alias": ALIAS}, headers=headers).is_success
    assert world.ports.devices.stored[2, ALIAS].user == logged_in["user"]["id"]


def test_a_device_that_was_unlinked_is_not_linked_again_by_a_sync(world: World) -> None:
    device = world.device(alias=ALIAS, who=ANN).json()
    stored = world.ports.devices.stored
    assert stored[2, ALIAS].user == ANN.id
    stored[2, ALIAS] = stored[2, ALIAS].model_copy(update={"user": None})
    world.device(alias=ALIAS, id=device["id"], who=ANN)
    assert stored[2, ALIAS].user is None


def test_wrong_credentials_are_no_401_and_say_nothing_of_the_email(world: World) -> None:
    register(world)
    wrong = assert_problem(login(world, password="another password"), 403)
    unknown = assert_problem(login(world, email="nobody@example.com"), 403)
    assert (wrong["code"], wrong["detail"]) == (unknown["code"], unknown["detail"])
    assert wrong["code"] == "wrong-credentials"
    assert_problem(world.post(LOGIN, {"network": "google", "token": "gibberish"}, 2), 403)


@pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com"])
def test_after_ten_wrong_passwords_an_email_waits_whether_it_exists_or_not(world: World, email: str) -> None:
    register(world)
    for _ in range(MOST):
        assert_problem(login(world, email=email, password="wrong one"), 403)
    assert_problem(login(world, email=email), 429)
    # What waits is this email in this app, in any spelling; others do not.
    assert_problem(login(world, email=email.upper()), 429)
    assert by_google(world, "eve@example.com").status_code == 200
    world.ports.clock.pass_ms(WINDOW_MS)
    assert login(world, email=email).status_code == (200 if email == BOB["email"] else 403)


def test_registering_again_is_answered_with_the_profile_there_is_and_only_with_the_password(world: World) -> None:
    first = register(world)
    again = register(world, name="Robert")
    assert (again.status_code, again.json()) == (200, first.json())
    refused = assert_problem(register(world, auth={"password": "another password"}), 409)
    assert refused["code"] == "email-taken"
    assert len(world.ports.users.stored) == 2


def test_apps_of_one_firebase_project_share_accounts_and_not_users(world: World) -> None:
    apps = world.ports.apps.stored
    apps[3] = apps[3].model_copy(update={"firebase_project": apps[2].firebase_project})
    here, there = register(world).json(), register(world, who=3)
    assert there.status_code == 201
    assert there.json()["id"] != here["id"]


def test_a_registration_that_died_half_way_is_finished_by_the_next(world: World) -> None:
    register(world)
    world.ports.users.stored.clear()
    assert register(world).status_code == 201


def test_whoever_a_network_vouches_for_is_a_user_from_their_first_login_on(world: World) -> None:
    picture = "https://example.com/e.png"
    first = by_google(world, "eve@example.com", name="Eve Moss", picture=picture).json()["user"]
    assert first | {"id": ""} == {
        "id": "", "email": "eve@example.com", "name": "Eve", "surname": "Moss", "displayName": "Eve Moss",
        "photoUrl": picture,
    }  # fmt: skip
    assert by_google(world, "eve@example.com").json()["user"]["id"] == first["id"]


def test_an_imported_user_is_whoever_proves_the_email_and_nobody_else(world: World) -> None:
    assert_problem(register(world, auth={"email": ANN.email}, email=ANN.email), 409)
    assert_problem(by_google(world, ANN.email, verified=False), 409)
    assert world.ports.users.stored[2, ANN.id].identity is None
    assert by_google(world, "Ann@Example.org", sub="another").json()["user"]["id"] == ANN.id
    assert by_google(world, ANN.email, sub="another").json()["user"]["id"] == ANN.id


def test_registering_with_a_network_takes_its_email(world: World) -> None:
    auth = {"network": "google", "token": vouch("eve@example.com"), "email": "", "password": ""}
    assert register(world, auth=auth, email="somebody@example.com").json()["email"] == "eve@example.com"


@pytest.mark.parametrize(
    ("auth", "profile", "pointer"),
    [
        ({"password": "short"}, {}, "/auth/password"), ({"email": "bob"}, {"email": "bob"}, "/auth/email"),
        ({}, {"email": "eve@example.com"}, "/profile/email"), ({"password": ""}, {}, "/auth"),
        ({"network": "google"}, {}, "/auth"), ({"network": "fax"}, {}, "/auth/network"),
    ],
    ids=["weak", "no address", "two emails", "no password", "no token", "network"],
)  # fmt: skip
def test_what_is_wrong_with_a_registration_is_named(world: World, auth: Any, profile: Any, pointer: str) -> None:
    assert_problem(register(world, auth=auth, **profile), 422, pointer)
    assert len(world.ports.users.stored) == 1


def test_an_app_without_a_key_says_how_to_get_one(world: World) -> None:
    world.ports.apps.stored[2] = world.ports.apps.stored[2].model_copy(update={"firebase_api_key": None})
    for answer in (register(world), login(world)):
        refused = assert_problem(answer, 409)
        assert refused["code"] == "not-set-up"
        assert "firebaseApiKey" in refused["detail"]


def test_an_address_registers_so_many_an_hour(world: World) -> None:
    register(world)
    (bucket,) = world.ports.spent.used
    world.ports.spent.used[bucket] = 299
    assert [register(world, auth={"email": e}, email=e).status_code for e in ("a@x.org", "b@x.org")] == [201, 429]


def test_a_server_names_its_app_and_needs_the_right(world: World) -> None:
    assert_problem(login(world, who="editor"), 403)
    assert_problem(login(world, who="manager"), 422, "/appId")
    register(world)
    assert world.post(f"{LOGIN}?appId=2", BOB, "manager").status_code == 200
    assert_problem(world.post(f"{LOGIN}?appId=99", BOB, "manager"), 404)


def test_somebody_else_logs_in_on_a_phone_that_speaks_for_its_user(world: World) -> None:
    register(world)
    assert login(world, who=ANN).json()["user"]["email"] == BOB["email"]


def refresh(world: World, token: str, **more: str) -> httpx.Response:
    return world.post("/api/oauth/token", {"grant_type": "refresh_token", "refresh_token": token} | more, None)


def test_a_users_token_is_refreshed_and_still_speaks_for_the_user(world: World) -> None:
    register(world)
    token = login(world).json()["token"]["refresh_token"]
    assert_problem(refresh(world, token, client_id="client-3", client_secret=SECRET), 401)
    answer = refresh(world, token, client_id="client-2", client_secret=SECRET)
    assert (answer.status_code, answer.json()["scope"]) == (200, "app")
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    device = world.call("POST", "/api/segmentation/appuser", None, json={}, headers=bearer).json()
    owner = world.ports.devices.stored[2, device["alias"]].user
    assert owner is not None
    assert world.ports.users.stored[2, owner].email == BOB["email"]


@pytest.mark.parametrize("how", ["deleted", "disabled"])
def test_the_tokens_of_a_user_who_is_gone_end(world: World, how: str) -> None:
    register(world)
    answer = login(world).json()
    user = world.ports.users.stored[2, answer["user"]["id"]]
    if how == "deleted":
        del world.ports.users.stored[2, user.id]
    else:
        world.ports.users.stored[2, user.id] = user.model_copy(update={"disabled": True})
        assert_problem(login(world), 403)
    headers = {"Authorization": f"Bearer {answer['token']['access_token']}"}
    assert_problem(world.call("POST", "/api/segmentation/appuser", None, json={}, headers=headers), 401)
    assert_problem(refresh(world, answer["token"]["refresh_token"]), 401)


def test_a_users_token_is_not_refreshed_when_the_app_is_gone(world: World) -> None:
    register(world)
    token = login(world).json()["token"]["refresh_token"]
    del world.ports.apps.stored[2]
    assert_problem(refresh(world, token), 401)


def test_no_password_is_kept_and_none_is_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    register(world)
    login(world)
    login(world, password="another password")
    kept = str([user.model_dump() for user in world.ports.users.stored.values()]) + str(world.stored())
    told = capsys.readouterr().err
    assert not any(secret in kept + told for secret in (BOB["password"], "another password"))


@pytest.mark.parametrize(
    ("imported", "proven", "same"),
    [
        ("max@straße.example", "max@strasse.example", False),
        ("max@straße.example", "Max@Straße.example", True),
        ("jose\u0301@example.com", "JOSÉ@example.com", True),
    ],
    ids=["another domain", "upper case", "composed"],
)
def test_an_imported_profile_goes_to_its_own_address_and_to_none_that_resembles_it(
    world: World, imported: str, proven: str, same: bool
) -> None:
    max_ = ANN.model_copy(update={"id": "identified-max", "email": imported})
    world.ports.users.stored[2, max_.id] = max_
    assert (by_google(world, proven).json()["user"]["id"] == max_.id) is same


def refreshed(world: World, logged_in: Any) -> int:
    said = {"grant_type": "refresh_token", "refresh_token": logged_in["token"]["refresh_token"]}
    return world.post("/api/oauth/token", said, None).status_code


def test_who_typed_an_email_is_logged_out_by_who_proves_it_and_keeps_no_device_of_theirs(world: World) -> None:
    """Firebase gives the account to whoever proves the email, under the same id, and voids the password alone."""
    register(world)
    typed = login(world).json()
    bearer = {"Authorization": f"Bearer {typed['token']['access_token']}"}
    for number in range(60):
        path = "/api/segmentation/appuser"
        assert world.call("POST", path, None, json={"alias": f"typed-{number}"}, headers=bearer).status_code == 201
    world.device(alias="prover's")
    said = {"network": "google", "token": vouch(BOB["email"]), "deviceId": "prover's"}
    proven = world.post(LOGIN, said, 2).json()
    assert proven["user"]["id"] == typed["user"]["id"]
    linked = [each.alias for each in world.ports.devices.stored.values() if each.user == proven["user"]["id"]]
    assert linked == ["prover's"]
    assert world.call("POST", "/api/segmentation/appuser", None, json={}, headers=bearer).status_code == 401
    assert refreshed(world, typed) == 401
    assert refreshed(world, proven) == 200


def test_who_has_proven_an_email_stays_logged_in_on_every_phone(world: World) -> None:
    first, second = by_google(world, BOB["email"]).json(), by_google(world, BOB["email"]).json()
    assert refreshed(world, first) == refreshed(world, second) == 200


def test_an_address_with_a_new_owner_keeps_nothing_of_the_old_one(world: World) -> None:
    """Firebase knows another account for it by now; the profile is the address's, the phones are not."""
    world.device(alias=ALIAS)
    old = by_google(world, BOB["email"]).json()
    world.ports.identities.stored.clear()
    world.ports.identities.stored["firebase-2", "other"] = Identity("other")
    world.ports.identities.networks.clear()
    said = {"network": "google", "token": vouch(BOB["email"]), "deviceId": "another"}
    new = world.post(LOGIN, said, 2).json()
    assert new["user"]["id"] == old["user"]["id"]
    assert world.ports.devices.stored[2, ALIAS].user is None
    assert (refreshed(world, old), refreshed(world, new)) == (401, 200)


def test_devices_that_an_import_linked_stay_with_who_takes_their_profile(world: World) -> None:
    device = made.device(7, app=2, alias="imported", user=ANN.id)
    world.ports.devices.stored[2, "imported"] = device
    assert by_google(world, ANN.email).json()["user"]["id"] == ANN.id
    assert world.ports.devices.stored[2, "imported"].user == ANN.id
