"""HALO's contract, section 3: devices, which HALO calls app users, and the tags that they carry."""

import re
from typing import Any

import pytest

from fakes.world import ANDROID, World
from halo.sdks.android import Android
from halo.sdks.ios import IOS
from halo.sdks.javascript import JavaScript
from halo.sdks.server import Server
from halo.sdks.wire import as_json
from push.domain.markets import MARKETS
from push.domain.tag import TagType

PHONE = {"platform": "android", "token": "FCM registration token"}
OTHER = {"platform": "android", "token": "an older one"}
SCREEN = {"name": "Screen Size", "value": "6"}


@pytest.fixture
def android(world: World) -> Android:
    return Android(world)


def test_phones_create_update_and_read_under_appuser(android: Android) -> None:
    made = android.sync(devices=[PHONE])
    assert android.sync(email="ann@example.com") == made | {"email": "ann@example.com"}
    assert android.read(android.call("GET", f"/api/segmentation/appuser/{made['id']}"), {"email": str})["email"]


def test_javascript_does_under_device_and_means_the_same(world: World) -> None:
    page = JavaScript(world)
    page.log_in()
    made = page.sync(devices=[{"platform": "web", "token": "t"}])
    assert page.sync(id=made["id"]) == made
    assert page.call("GET", f"/api/segmentation/device/{made['id']}") == made
    assert page.call("GET", f"/api/segmentation/appuser/{made['id']}") == made


def test_every_answer_is_the_whole_device(world: World, android: Android) -> None:
    device = android.sync(devices=[PHONE], tags=[SCREEN], location="52.37,4.90")
    answer = android.call("GET", f"/api/segmentation/appuser/{device['id']}").json()
    assert answer == {
        "id": device["id"], "appId": 2, "alias": device["alias"], "email": None, "devices": [PHONE],
        "tags": [{**SCREEN, "id": device["tags"][0]["id"], "tagType": "000000000000000000000001"}],
        "location": "52.37,4.90", "customerId": 1, "createdAt": world.ports.clock.now(),
        "updatedAt": world.ports.clock.now(), "deletedAt": None,
    }  # fmt: skip


@pytest.mark.parametrize("app", [2, 3])
def test_a_first_create_names_no_app_since_the_token_does(world: World, app: int) -> None:
    phone = Android(world, app)
    assert "appId" not in phone.device
    assert phone.sync()["appId"] == app


def test_an_alias_is_one_devices_within_an_app(world: World, android: Android) -> None:
    android.sync(alias="alias1")
    second = Android(world)
    second.log_in()
    assert second.call("POST", "/api/segmentation/appuser/", body=b'{"alias": "alias1"}').status == 409
    assert Android(world, app=3).sync(alias="alias1")["alias"] == "alias1"


def test_a_client_that_kept_id_and_alias_gets_its_device_back(android: Android) -> None:
    made = android.sync(alias="alias1", devices=[PHONE])
    kept = as_json({"id": made["id"], "alias": "alias1"})
    again = android.call("POST", "/api/segmentation/appuser/", body=kept)
    assert (again.status, again.json()["id"], again.json()["devices"]) == (200, made["id"], [PHONE])


@pytest.mark.parametrize("platform", ["android", "ios", "web", "adm", "baidu"])
def test_a_push_target_is_of_one_of_five_platforms(android: Android, platform: str) -> None:
    target = {"platform": platform, "token": "t"}
    assert android.sync(devices=[target])["devices"] == [target]


def test_installations_stand_in_a_field_of_their_own_or_ios_would_crash(world: World) -> None:
    phone = IOS(world)
    fid = {"platform": "ios", "fid": "cJ8z1QmZTkWqXb0s"}
    device = phone.sync(devices=[{"platform": "ios", "token": "t"}], installations=[fid])
    assert (device["devices"], device["installations"]) == ([{"platform": "ios", "token": "t"}], [fid])


def test_lists_that_ios_leaves_out_because_they_are_empty_stay_as_they_are(world: World) -> None:
    phone = IOS(world)
    before = phone.sync(devices=[{"platform": "ios", "token": "t"}], tags=[SCREEN])
    phone.device = {"id": before["id"], "alias": before["alias"], "devices": [], "tags": []}
    after = phone.sync()
    assert (after["devices"], after["tags"]) == (before["devices"], before["tags"])


def test_an_empty_list_clears(android: Android) -> None:
    android.sync(devices=[PHONE], tags=[SCREEN])
    cleared = android.sync(devices=[], tags=[])
    assert (cleared["devices"], cleared["tags"]) == ([], [])


def test_tokens_are_replaced_where_the_client_says_so_and_merged_where_it_does_not(world: World) -> None:
    android, phone = Android(world), IOS(world)
    android.sync(devices=[OTHER])
    assert android.sync(devices=[PHONE])["devices"] == [PHONE]
    first, second = ({"platform": "ios", "token": token} for token in ("one", "two"))
    phone.sync(devices=[first])
    again = {"id": phone.device["id"], "devices": [second]}
    merged = phone.call("POST", "/api/segmentation/appuser/", body=as_json(again)).json()
    assert merged["devices"] == [first, second]
    assert phone.sync(devices=[second])["devices"] == [second]


def test_replace_tokens_is_never_answered_as_anything_but_true(android: Android) -> None:
    android.sync()
    answer = android.call("GET", f"/api/segmentation/appuser/{android.device['id']}")
    assert answer.json().get("replaceTokens", True) is True


def test_a_tag_is_always_answered_with_name_and_value_as_texts(world: World) -> None:
    phone = IOS(world)
    assert phone.sync()["tags"] == []
    tags = phone.sync(tags=[{"name": "OS"}, {"id": "000000000000000000000308", "name": "Spain"}])["tags"]
    assert [(tag["name"], tag["value"]) for tag in tags] == [("OS", ""), ("Spain", "")]


def test_a_tag_comes_by_its_id_or_by_name_and_value(android: Android) -> None:
    by_name = android.sync(tags=[{"name": "Platform Name", "value": "android"}])["tags"]
    assert by_name[0]["id"] == ANDROID.id
    assert android.sync(tags=[{"id": ANDROID.id}])["tags"][0]["name"] == "Platform Name"


def test_an_unknown_pair_becomes_a_tag(world: World, android: Android) -> None:
    (tag,) = android.sync(tags=[{"name": "Bluetooth 4 Support", "value": "true"}])["tags"]
    assert world.ports.tags.stored[tag["id"]].name == "Bluetooth 4 Support"


def test_android_makes_its_deleted_device_anew_with_tags_by_their_old_ids(world: World, android: Android) -> None:
    """Its tags are of another server, as they are on the first day after a move: the ids say nothing here."""
    moved = [{"id": "f" * 24, "name": "Device Model", "value": "Pixel 9", "tagType": TagType.DEVICE.value}]
    android.device = {"id": "57fb592ff53f3f002aa99d78", "alias": "anonymous-of-halo", "tags": moved, "devices": [PHONE]}
    android.log_in()
    android.log.clear()
    device = android.sync()
    assert [(method, status) for method, _, status in android.log] == [("PUT", 404), ("POST", 201)]
    assert (device["alias"], device["devices"]) == ("anonymous-of-halo", [PHONE])
    assert [(tag["name"], tag["value"]) for tag in device["tags"]] == [("Device Model", "Pixel 9")]
    assert device["tags"][0]["id"] != "f" * 24


def test_a_tag_is_answered_in_the_clients_own_spelling(android: Android) -> None:
    tag = android.sync(tags=[{"name": "PLATFORM NAME", "value": "Android"}])["tags"][0]
    assert (tag["id"], tag["name"], tag["value"]) == (ANDROID.id, "PLATFORM NAME", "Android")


def test_there_are_four_types_of_tags() -> None:
    assert [type_.value for type_ in (TagType.DEVICE, TagType.USER, TagType.MARKET, TagType.LANGUAGE)] == [
        f"{number:024d}" for number in (1, 2, 3, 4)
    ]


def test_markets_have_halos_249_ids_and_come_without_a_value(android: Android, server: Server) -> None:
    assert len(MARKETS) == 249
    (tag,) = android.sync(tags=[{"id": "000000000000000000000308", "name": "Spain"}])["tags"]
    assert (tag["id"], tag["value"], tag["tagType"]) == ("000000000000000000000308", "", TagType.MARKET.value)
    page = server.call("GET", f"/api/segmentation/tag?tagType={TagType.MARKET.value}").json()
    assert page["pagination"]["totalItems"] == 249


NAMES = (
    "Platform Name|Platform name|Android Version|iOS Version|Android SDK Version|Application Name|Application Version|"
    "Device Manufacturer|Device Model|Device Type|Bluetooth 4 Support|NFC Support|Screen Size|Device Screen Size|apns|"
    "Test Device|Browser name|Browser version|Browser resolution|Locale|OS|isMobile"
).split("|")


def test_every_tag_that_the_sdks_send_is_kept_as_it_is_spelt(world: World) -> None:
    page = JavaScript(world)
    page.log_in()
    tags: list[dict[str, Any]] = [{"name": name, "value": str(number)} for number, name in enumerate(NAMES)]
    assert [(tag["name"], tag["value"]) for tag in page.sync(tags=tags)["tags"]] == [
        (tag["name"], tag["value"]) for tag in tags
    ]


def test_javascripts_truths_and_numbers_become_texts(world: World) -> None:
    page = JavaScript(world)
    page.log_in()
    tags = [{"name": "isMobile", "value": False}, {"name": "Browser version", "value": 118}]
    assert [tag["value"] for tag in page.sync(tags=tags)["tags"]] == ["false", "118"]


@pytest.mark.parametrize(("name", "value"), [("Platform Name", "Android"), ("platform name", "ANDROID")])
def test_a_filter_finds_a_tag_in_any_spelling_as_halos_own_example_does(
    world: World, android: Android, server: Server, name: str, value: str
) -> None:
    carried = android.sync(tags=[{"name": "Platform Name", "value": "android"}])["tags"][0]["id"]
    id_ = server.posted(filterTags=[{"name": name, "value": value}])["id"]
    assert world.ports.runs.stored[id_][0].audience.groups == ((carried,),)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_unknown_or_deleted_device_is_404(world: World, android: Android, server: Server, method: str) -> None:
    deleted = android.sync()["id"]
    assert server.call("DELETE", f"/api/segmentation/appuser/{deleted}?appId=2").status == 200
    for id_ in (deleted, "0" * 24):
        body = b"" if method == "GET" else b"{}"
        assert android.call(method, f"/api/segmentation/appuser/{id_}", body=body).status == 404


def test_unknown_fields_are_ignored_null_is_absent_and_a_clients_moments_are_not_believed(
    world: World, android: Android
) -> None:
    device = android.sync(email="ann@example.com", unknown={"any": ["thing"]}, createdAt=1, updatedAt=1)
    assert device["createdAt"] == world.ports.clock.now()
    body = b'{"email": null, "devices": null, "alias": null, "createdAt": null}'
    answer = android.call("PUT", f"/api/segmentation/appuser/{device['id']}", body=body)
    assert (answer.status, answer.json()["email"], answer.json()["alias"]) == (200, "ann@example.com", device["alias"])


def test_a_device_that_was_made_by_the_server_is_found_by_its_alias(world: World, android: Android) -> None:
    """Integration servers know devices by alias alone."""
    device = android.sync()
    assert re.fullmatch("anonymous-[0-9a-f]{32}", device["alias"])
    found = Server(world).call("GET", f"/api/segmentation/appuser?appId=2&alias={device['alias']}").json()
    assert [each["id"] for each in found["items"]] == [device["id"]]
