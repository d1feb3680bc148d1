"""Devices, as HALO's SDKs and servers sync them."""

from typing import Any

import pytest

from fakes.world import ANDROID, World, assert_problem
from push.domain.device import MAX_TARGETS, SEEN_EVERY_MS
from push.domain.tag import Tag, TagType, tag_key

TOKEN = {"platform": "android", "token": "T1"}
DEVICE = TagType.DEVICE.value


@pytest.fixture
def world() -> World:
    return World()


def put(world: World, id_: str, who: str | int = 2, **body: Any) -> Any:
    return world.call("PUT", f"/api/segmentation/appuser/{id_}", who, json=body)


@pytest.mark.parametrize("path", ["/api/segmentation/appuser/", "/api/segmentation/device/", "/segmentation/device"])
def test_a_first_sync_makes_the_device_in_the_tokens_app_and_answers_all_of_it(world: World, path: str) -> None:
    body: dict[str, Any] = {
        "devices": [TOKEN], "tags": [{"name": "Platform name", "value": "Android", "tagType": DEVICE}],
        "location": "52.37,4.90", "email": None, "replaceTokens": True, "createdAt": 1.5, "unknown": {"any": []},
    }  # fmt: skip
    answer = world.post(path, body, 2)
    assert answer.status_code == 201
    got = answer.json()
    now = world.ports.clock.now()
    assert got == {
        "id": got["id"], "appId": 2, "alias": got["alias"], "email": None, "devices": [TOKEN],
        "tags": [{"id": ANDROID.id, "name": "Platform name", "value": "Android", "tagType": DEVICE}],
        "location": "52.37,4.90", "customerId": 1, "createdAt": now, "updatedAt": now, "deletedAt": None,
    }  # fmt: skip
    assert len(got["id"]) == 24
    assert got["alias"].startswith("anonymous-")
    assert len(got["alias"]) == len("anonymous-") + 32
    assert world.call("GET", f"{path.rstrip('/')}/{got['id']}", 2).json() == got


def test_a_client_that_kept_id_and_alias_gets_its_device_back(world: World) -> None:
    first = world.device(alias="a", devices=[TOKEN]).json()
    again = world.device(id=first["id"], alias="a")
    assert (again.status_code, again.json()) == (200, first)


def test_a_client_that_kept_only_its_id_gets_its_device_back(world: World) -> None:
    first = world.device(devices=[TOKEN]).json()
    assert world.device(id=first["id"]).json() == first


def test_an_alias_alone_does_not_hand_a_device_over_where_the_app_is_locked(world: World) -> None:
    world.device(alias="a", devices=[TOKEN])
    before = world.stored()
    answer = world.device(alias="a", devices=[{"platform": "ios", "token": "mine"}])
    assert_problem(answer, 409)
    assert_problem(world.device(alias="a", id="f" * 24, tags=[{"name": "New", "value": "tag"}]), 409)
    assert world.stored() == before


def test_an_alias_alone_hands_it_over_where_the_app_is_open(world: World) -> None:
    first = world.device(who=3, alias="a", devices=[TOKEN]).json()
    answer = world.device(who=3, alias="a", devices=[{"platform": "ios", "token": "T2"}], replaceTokens=True)
    assert answer.status_code == 200
    assert answer.json()["id"] == first["id"]
    assert answer.json()["devices"] == [{"platform": "ios", "token": "T2"}]


def test_an_unknown_id_on_post_makes_the_device_anew_with_a_new_id(world: World) -> None:
    answer = world.device(id="f" * 24, alias="a", tags=[{"id": "0" * 24, "name": "Platform Name", "value": "android"}])
    assert answer.status_code == 201
    assert answer.json()["id"] != "f" * 24
    assert answer.json()["tags"][0]["id"] == ANDROID.id


def test_an_id_does_not_get_another_devices_alias(world: World) -> None:
    first, _ = world.device(alias="a").json(), world.device(alias="b").json()
    before = world.stored()
    assert_problem(world.device(id=first["id"], alias="b"), 409)
    assert_problem(put(world, first["id"], alias="b"), 409)
    assert world.stored() == before


def test_a_new_alias_moves_the_device(world: World) -> None:
    first = world.device(alias="a", devices=[TOKEN]).json()
    assert put(world, first["id"], alias="c").json()["alias"] == "c"
    assert world.call("GET", f"/api/segmentation/appuser/{first['id']}", 2).json()["alias"] == "c"
    assert world.device(alias="a").status_code == 201


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_unknown_device_is_answered_404_so_that_android_makes_it_anew(world: World, method: str) -> None:
    of_another_app = world.device(who=3).json()["id"]
    before = world.stored()
    for id_ in ("f" * 24, of_another_app, "__x__"):
        request = {"json": {"tags": [{"name": "New", "value": "tag"}]}} if method == "PUT" else {}
        assert_problem(world.call(method, f"/api/segmentation/device/{id_}", 2, **request), 404)
    assert world.stored() == before


def test_what_is_absent_stays_and_an_empty_list_clears(world: World) -> None:
    body: dict[str, Any] = {
        "devices": [TOKEN],
        "installations": [{"platform": "ios", "fid": "F1"}],
        "tags": [{"id": ANDROID.id}],
    }
    first = world.device(**body, email="a@b.c").json()
    assert put(world, first["id"], devices=None, tags=None, email=None).json() == first
    cleared = put(world, first["id"], devices=[], tags=[]).json()
    assert (cleared["devices"], cleared["tags"]) == ([], [])
    assert cleared["installations"] == body["installations"]
    assert "installations" not in put(world, first["id"], installations=[]).json()


def test_tokens_are_merged_unless_the_client_says_that_they_replace(world: World) -> None:
    first = world.device(devices=[TOKEN]).json()
    merged = put(world, first["id"], devices=[{"platform": "android", "token": "T2"}]).json()
    assert [device["token"] for device in merged["devices"]] == ["T1", "T2"]
    replaced = put(world, first["id"], devices=[{"platform": "android", "token": "T3"}], replaceTokens=True).json()
    assert [device["token"] for device in replaced["devices"]] == ["T3"]
    assert "replaceTokens" not in replaced


def test_installations_are_answered_in_a_field_of_their_own_and_never_as_devices(world: World) -> None:
    first = world.device(installations=[{"platform": "Android", "fid": "F1"}]).json()
    assert first["devices"] == []
    assert first["installations"] == [{"platform": "android", "fid": "F1"}]
    put(world, first["id"], devices=[TOKEN], replaceTokens=True)
    got = world.call("GET", f"/api/segmentation/device/{first['id']}", 2).json()
    assert (got["devices"], got["installations"]) == ([TOKEN], first["installations"])


def test_a_phone_has_one_owner(world: World) -> None:
    first = world.device(devices=[TOKEN]).json()
    world.device(devices=[TOKEN])
    assert world.call("GET", f"/api/segmentation/device/{first['id']}", 2).json()["devices"] == []
    assert len(world.ports.devices.targets(2)) == 1


def test_a_sync_that_changes_nothing_writes_nothing_unless_a_day_has_passed(world: World) -> None:
    body: dict[str, Any] = {"alias": "a", "devices": [TOKEN], "tags": [{"id": ANDROID.id}], "replaceTokens": True}
    first = world.device(**body).json()
    writes = world.ports.devices.writes
    world.ports.clock.pass_ms(SEEN_EVERY_MS - 1)
    assert put(world, first["id"], **body).json() == first
    assert world.ports.devices.writes == writes
    world.ports.clock.pass_ms(1)
    assert put(world, first["id"], **body).json() == first
    assert world.ports.devices.writes == writes + 1


def test_a_tag_is_answered_in_the_clients_own_spelling_and_stored_once(world: World) -> None:
    for name, value in (("Screen Size", "Big"), ("SCREEN SIZE", "big"), ("screen size ", "BIG")):
        tag = world.device(tags=[{"name": name, "value": value}]).json()["tags"][0]
        assert (tag["name"], tag["value"]) == (name, value)
        assert tag["id"] == tag_key(TagType.DEVICE, "Screen Size", "Big")
    stored = world.ports.tags.stored[tag["id"]]
    assert (stored.name, stored.value, stored.type) == ("Screen Size", "Big", TagType.DEVICE)
    assert len(world.ports.tags.stored) == 2


def test_what_an_id_and_a_newer_value_disagree_on_is_the_values(world: World) -> None:
    tag = world.device(tags=[{"id": ANDROID.id, "name": "Platform Name", "value": "ios"}]).json()["tags"][0]
    assert (tag["id"], tag["value"]) == (tag_key(TagType.DEVICE, "Platform Name", "ios"), "ios")


def test_a_tag_of_another_type_is_found_before_one_is_made(world: World) -> None:
    vip = world.add_tag("Customer", "VIP", TagType.USER)
    tag = world.device(tags=[{"name": "customer", "value": "vip"}]).json()["tags"][0]
    assert (tag["id"], tag["tagType"]) == (vip.id, TagType.USER.value)
    typed = world.device(tags=[{"name": "customer", "value": "vip", "tagType": DEVICE}]).json()["tags"][0]
    assert typed["id"] == tag_key(TagType.DEVICE, "customer", "vip")


def test_an_imported_tag_whose_id_is_not_its_key_is_found_by_name(world: World) -> None:
    world.ports.tags.stored["imported"] = Tag(id="imported", name="Customer", value="VIP", type=TagType.USER)
    assert world.device(tags=[{"name": "Customer", "value": "VIP"}]).json()["tags"][0]["id"] == "imported"


def test_market_tags_keep_their_fixed_ids_and_have_no_value(world: World) -> None:
    tag = {"id": "000000000000000000000308", "name": "Spain"}
    first = world.device(tags=[tag]).json()
    assert first["tags"] == [tag | {"value": "", "tagType": TagType.MARKET.value}]
    assert set(world.ports.tags.stored) == {ANDROID.id}


def test_values_that_javascript_sends_as_numbers_and_truths_are_texts(world: World) -> None:
    tags = [
        {"name": "isMobile", "value": True},
        {"name": "Browser version", "value": 118},
        {"name": "OS", "value": None},
    ]
    assert [tag["value"] for tag in world.device(tags=tags).json()["tags"]] == ["true", "118", ""]


@pytest.mark.parametrize("app", [2, "2"])
def test_an_account_names_the_app_in_the_body_or_in_the_query(world: World, app: int | str) -> None:
    made = world.post("/api/segmentation/appuser", {"appId": app, "alias": "a"}, "admin")
    assert (made.status_code, made.json()["appId"]) == (201, 2)
    path = f"/api/segmentation/appuser/{made.json()['id']}"
    assert world.call("GET", f"{path}?appId=2").status_code == 200
    assert world.call("PUT", f"{path}?appId=2", json={}).status_code == 200
    assert world.call("PUT", path, json={"appId": app}).status_code == 200
    assert_problem(world.call("GET", path), 422, "/appId")
    assert_problem(world.call("PUT", path, json={}), 422, "/appId")
    assert_problem(world.call("PUT", f"{path}?appId=3", json={"appId": 2}), 422, "/appId")
    assert_problem(world.post("/api/segmentation/appuser", {}, "admin"), 422, "/appId")
    assert_problem(world.post("/api/segmentation/appuser", {"appId": 99}, "admin"), 404)


def test_an_apps_token_speaks_for_its_own_app_only(world: World) -> None:
    id_ = world.device(appId="2").json()["id"]
    before = world.stored()
    assert_problem(world.device(appId=3), 403)
    assert_problem(put(world, id_, appId=3), 403)
    assert_problem(world.call("GET", f"/api/segmentation/device/{id_}?appId=3", 2), 403)
    assert world.stored() == before


def test_an_account_without_the_right_is_answered_403(world: World) -> None:
    id_ = world.device().json()["id"]
    assert_problem(world.post("/api/segmentation/appuser", {"appId": 2}, "editor"), 403)
    assert_problem(world.call("GET", f"/api/segmentation/device/{id_}?appId=2", "editor"), 403)
    assert world.call("GET", f"/api/segmentation/device/{id_}?appId=2", "manager").status_code == 200


def test_a_put_does_not_change_the_id(world: World) -> None:
    id_ = world.device().json()["id"]
    assert put(world, id_, id=id_).status_code == 200
    assert_problem(put(world, id_, id="f" * 24), 422, "/id")


TARGETS = [{"platform": "web", "token": str(number)} for number in range(MAX_TARGETS + 1)]
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("app", {"appId": "x"}, "/appId"),
    ("alias long", {"alias": "ü" * 65}, "/alias"),
    ("alias number", {"alias": 5}, "/alias"),
    ("id long", {"id": "x" * 129}, "/id"),
    ("devices no list", {"devices": {}}, "/devices"),
    ("devices too many", {"devices": TARGETS}, "/devices"),
    ("device text", {"devices": ["T"]}, "/devices/0"),
    ("device without token", {"devices": [{"platform": "ios"}]}, "/devices/0/token"),
    ("device empty token", {"devices": [{"platform": "ios", "token": ""}]}, "/devices/0/token"),
    ("device null token", {"devices": [{"platform": "ios", "token": None}]}, "/devices/0/token"),
    ("device long token", {"devices": [{"platform": "ios", "token": "x" * 4_097}]}, "/devices/0/token"),
    ("device without platform", {"devices": [TOKEN, {"token": "T"}]}, "/devices/1/platform"),
    ("device platform", {"devices": [{"platform": "symbian", "token": "T"}]}, "/devices/0/platform"),
    ("installation", {"installations": [{"platform": "ios", "token": "T"}]}, "/installations/0/fid"),
    (
        "installations too many",
        {"installations": [{"platform": "ios", "fid": str(n)} for n in range(21)]},
        "/installations",
    ),
    ("replaceTokens", {"replaceTokens": "perhaps"}, "/replaceTokens"),
    ("tags too many", {"tags": [{"name": str(n)} for n in range(101)]}, "/tags"),
    ("tag name long", {"tags": [{"name": "x" * 129}]}, "/tags/0/name"),
    ("tag value long", {"tags": [{"name": "n", "value": "x" * 257}]}, "/tags/0/value"),
    ("tag value object", {"tags": [{"name": "n", "value": {}}]}, "/tags/0/value"),
    ("tag with NUL", {"tags": [{"name": "a\0b"}]}, "/tags/0/name"),
    ("email", {"email": "x" * 321}, "/email"),
    ("location", {"location": [52.37, 4.9]}, "/location"),
    ("customerId", {"customerId": 1.5}, "/customerId"),
]


@pytest.mark.parametrize(("body", "pointer"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_wrong_field_is_answered_422_and_nothing_is_stored(world: World, body: dict[str, Any], pointer: str) -> None:
    before = world.stored()
    assert_problem(world.device(**body), 422, pointer)
    assert world.stored() == before


@pytest.mark.parametrize(
    "unknown",
    [{"value": "b"}, {"id": "f" * 24}, {}, {"id": "nonexistent"}],
    ids=["nameless", "old id", "empty", "odd id"],
)
def test_a_tag_that_means_nothing_costs_a_phone_none_of_its_sync(unknown: dict[str, str]) -> None:
    world = World()
    body = {"devices": [{"platform": "ios", "token": "t"}], "tags": [{"name": "a", "value": "1"}, unknown]}
    device = world.call("POST", "/api/segmentation/appuser", 2, json=body)
    assert device.status_code == 201
    assert [tag["name"] for tag in device.json()["tags"]] == ["a"]
    assert device.json()["devices"] == body["devices"]


@pytest.mark.parametrize("type_", ["5", 2, "zzz", ["x"]])
def test_a_tag_type_that_is_none_of_halos_is_read_as_none(type_: object) -> None:
    tags = [{"name": "a", "value": "1", "tagType": type_}]
    device = World().call("POST", "/api/segmentation/appuser", 2, json={"tags": tags})
    assert device.json()["tags"][0]["tagType"] == TagType.DEVICE
