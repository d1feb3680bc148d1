"""HALO's contract, section 2: tokens, apps, accounts and what their roles allow."""

from typing import Any

import pytest

from fakes.identity import ACCESS_MS
from fakes.world import SECRET, World
from halo.sdks import ios
from halo.sdks.android import Android
from halo.sdks.ios import IOS
from halo.sdks.javascript import JavaScript
from halo.sdks.server import Server
from halo.sdks.wire import FORM, exchange, form
from push.domain.account import Account, Right
from push.domain.role import Role

APP = form(grant_type="client_credentials", client_id="client-2", client_secret=SECRET)


def test_the_javascript_sdk_gets_its_token_with_json(world: World) -> None:
    assert JavaScript(world).log_in()["scope"]


@pytest.mark.parametrize("sdk", [Android, IOS])
def test_phones_get_theirs_as_the_app_with_a_form(world: World, sdk: type[Android | IOS]) -> None:
    assert sdk(world).log_in()["access_token"]


@pytest.mark.parametrize("basic", [False, True], ids=["form", "basic"])
def test_integration_servers_give_name_and_password_in_the_form_or_as_basic(server: Server, basic: bool) -> None:
    assert server.log_in(basic)["access_token"]
    assert server.posted()["id"]


@pytest.mark.parametrize("path", ["/api/oauth/token", "//api/oauth/token?_app", "/api/oauth/token/?_user"])
def test_the_token_call_is_answered_under_all_of_its_names(world: World, path: str) -> None:
    assert exchange(world.api, "POST", path, [("Content-Type", FORM)], APP).status == 200


def test_ios_refreshes_after_a_401_and_its_call_goes_through(world: World) -> None:
    phone = IOS(world)
    device = phone.sync()
    before = phone.tokens
    world.ports.clock.pass_ms(ACCESS_MS)
    phone.log.clear()
    assert phone.sync(email="ann@example.com")["id"] == device["id"]
    assert [status for _, _, status in phone.log] == [401, 200, 200]
    assert phone.tokens["access_token"] != before["access_token"]
    assert phone.dropped == []


def test_an_answer_has_three_texts_the_kind_bearer_and_milliseconds_as_an_integer_refreshed_too(world: World) -> None:
    phone = IOS(world)
    first = dict(phone.log_in())
    again = phone.log_in()
    for answer in (first, again):
        kinds = {name: type(value) for name, value in answer.items()}
        assert kinds == {
            "access_token": str, "refresh_token": str, "expires_in": int, "scope": str, "token_type": str,
        }  # fmt: skip
        assert (answer["expires_in"], answer["token_type"]) == (86_400_000, "Bearer")


def test_a_refresh_token_outlives_its_access_token_by_far(world: World) -> None:
    """An iOS phone that lay in a drawer for most of a year."""
    phone = IOS(world)
    phone.sync()
    world.ports.clock.pass_ms(300 * ACCESS_MS)
    assert phone.sync()["id"]
    assert phone.dropped == []


def test_ios_drops_its_calls_when_a_refresh_fails_and_does_not_crash(world: World) -> None:
    phone = IOS(world)
    phone.sync()
    phone.tokens = phone.tokens | {"access_token": "x", "refresh_token": "no such"}
    answer = phone.call("GET", f"/api/segmentation/appuser/{phone.device['id']}")
    assert (answer.status, len(phone.dropped)) == (401, 1)
    assert ios.failure(answer)["message"]


@pytest.mark.parametrize("bearer", [None, "", "Bearer", "Bearer ", "Bearer null", "expired"])
def test_whatever_bearer_the_token_call_carries_is_ignored(world: World, bearer: str | None) -> None:
    if bearer == "expired":
        phone = Android(world)
        phone.log_in()
        world.ports.clock.pass_ms(ACCESS_MS)
        bearer = f"Bearer {phone.token}"
    headers = [("Content-Type", FORM), *([] if bearer is None else [("Authorization", bearer)])]
    assert exchange(world.api, "POST", "//api/oauth/token?_app", headers, APP).status == 200


def test_an_app_owns_a_client_id_and_a_secret_that_admins_make(world: World) -> None:
    admin = Server(world, "admin")
    app = admin.call("POST", "/api/core/app", {"name": "Wines", "firebaseProject": "wines-1"}).json()
    made = admin.call("POST", f"/api/core/app/{app['id']}/secret").json()
    fields = form(grant_type="client_credentials", client_id=made["clientId"], client_secret=made["clientSecret"])
    answer = exchange(world.api, "POST", "/api/oauth/token", [("Content-Type", FORM)], fields)
    assert answer.status == 200


def test_an_apps_token_syncs_devices_of_its_own_app_and_reports_their_activity(world: World, server: Server) -> None:
    phone, other = Android(world), Android(world, app=3)
    id_ = phone.sync()["id"]
    assert phone.report(server.posted()["id"], "receipt")["action"] == "receipt"
    assert other.call("GET", f"/api/segmentation/appuser/{id_}").status == 404
    assert other.call("GET", f"/api/segmentation/appuser/{id_}?appId=2").status == 403


def test_an_apps_token_posts_to_aliases_only_where_its_app_says_so(world: World) -> None:
    body = b'{"appId": %d, "name": "From the demo app", "aliases": ["alias1"]}'
    path = "/api/authentication/schedule/"
    assert Android(world).call("POST", path, body=body % 2).status == 403
    allowed = Android(world, app=3)
    assert allowed.call("POST", path, body=body % 3).status == 201
    assert allowed.call("POST", path, body=b'{"appId": 3, "name": "To everybody"}').status == 403


MAY: dict[str, tuple[str, str, Any]] = {
    "apps": ("GET", "/api/core/app", None),
    "users": ("GET", "/api/core/user", None),
    "roles": ("GET", "/api/core/role", None),
    "templates": ("POST", "/api/push/template", {"name": "t", "allows": ["text"]}),
    "notifications": ("POST", "/api/push/schedule", {"appId": 2, "name": "n"}),
    "tags": ("POST", "/api/segmentation/tag", {"name": "n", "value": "v"}),
    "devices": ("GET", "/api/segmentation/appuser?appId=2", None),
    "statistics": ("GET", "/api/push/statistics?appId=2", None),
}
MANAGER = {"templates", "notifications", "tags", "devices", "statistics"}


@pytest.mark.parametrize("what", MAY)
@pytest.mark.parametrize(
    ("role", "allowed"), [("admin", set(MAY)), ("manager", MANAGER), ("editor", {"notifications", "statistics"})]
)
def test_halos_three_roles_may_what_halo_says(world: World, role: str, allowed: set[str], what: str) -> None:
    """An editor reads the results of notifications as well: whoever sends wants to know what became of it."""
    answer = Server(world, role).call(*MAY[what])
    assert (answer.status in (200, 201), answer.status == 403) == (what in allowed, what not in allowed)


def test_there_is_a_right_for_each_of_halos_permissions() -> None:
    assert [right.value for right in Right] == [
        "push-templates", "push-notifications", "segmented-push", "push-with-content", "tags", "devices", "app-users",
        "apps", "users", "roles", "statistics",
    ]  # fmt: skip


def custom(world: World, *rights: Right, **account: Any) -> Server:
    world.ports.roles.stored["custom"] = Role(name="custom", rights=rights)
    admin = world.ports.accounts.stored["admin"]
    fields = {"id": "custom", "username": "custom", "role": "custom", **account}
    world.ports.accounts.stored["custom"] = Account(**admin.model_dump() | fields)
    return Server(world, "custom")


def test_a_custom_role_is_a_set_of_permissions(world: World) -> None:
    server = custom(world, Right.NOTIFICATIONS)
    assert server.schedule().status == 201
    assert server.call(*MAY["templates"]).status == 403


@pytest.mark.parametrize(
    ("right", "body"),
    [
        (Right.SEGMENTED, {"filterTags": [{"name": "Platform Name", "value": "android"}]}),
        (Right.CONTENT, {"content": "autumn-wines"}),
    ],
)
def test_segmented_push_and_push_with_content_are_permissions_of_their_own(
    world: World, right: Right, body: dict[str, Any]
) -> None:
    server = custom(world, Right.NOTIFICATIONS)
    before = world.stored()
    assert server.schedule(**body).status == 403
    assert world.stored() == before
    draft = server.posted(draft=True)["id"]
    edit = {"appId": 2, "name": "n", **body}
    assert server.call("PUT", f"/api/push/schedule/{draft}", edit).status == 403
    others = custom(world, Right.NOTIFICATIONS, right).posted(draft=True, **body)["id"]
    world.ports.roles.stored["custom"] = Role(name="custom", rights=(Right.NOTIFICATIONS,))
    assert server.call("POST", f"/api/push/schedule/{others}/duplicate").status == 403
    read = server.call("GET", f"/api/push/schedule/{others}").json()
    assert server.call("PUT", f"/api/push/schedule/{others}", read | {"name": "renamed"}).status == 200


def test_a_user_may_be_limited_to_ranges_of_addresses(world: World) -> None:
    server = custom(world, Right.NOTIFICATIONS, ip_ranges=("192.0.2.0/24",))
    assert server.schedule().status == 201
    world.ports.accounts.stored["custom"] = world.ports.accounts.stored["custom"].model_copy(
        update={"ip_ranges": ("198.51.100.0/24",)}
    )
    assert server.schedule().status == 403
