"""Tags, as people make and look them up."""

from typing import Any

import pytest

from fakes.world import ANDROID, World, assert_problem
from push.domain.languages import languages
from push.domain.markets import MARKETS
from push.domain.tag import TagType

TAG = "/api/segmentation/tag"
GOLD = {"name": "Club", "value": "Gold", "description": "since 2010"}


@pytest.fixture
def world() -> World:
    return World()


def listed(world: World, query: str) -> Any:
    answer = world.call("GET", f"{TAG}?{query}", "editor")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_tag_is_made_as_a_user_tag_and_read_back(world: World) -> None:
    made = world.post(f"{TAG}/", GOLD, "manager")
    assert made.status_code == 201
    tag = made.json()
    assert tag == GOLD | {"id": tag["id"], "tagType": TagType.USER.value}
    read = world.call("GET", f"{TAG}/{tag['id']}", "editor").json()
    assert read == tag | {"devices": {"estimate": None, "asOf": world.ports.clock.now()}}
    assert [(c.action, c.resource_id, c.actor) for c in world.ports.audit.kept] == [("create", tag["id"], "manager")]


def test_one_tag_is_not_made_twice_in_another_spelling(world: World) -> None:
    id_ = world.post(TAG, GOLD).json()["id"]
    before = world.stored()
    answer = assert_problem(world.post(TAG, {"name": "CLUB", "value": "gold"}), 409)
    assert id_ in answer["detail"]
    assert ANDROID.id in assert_problem(
        world.post(TAG, {"name": "platform name", "value": "Android", "tagType": TagType.DEVICE}), 409
    )["detail"]  # fmt: skip
    market = {"name": "spain", "tagType": TagType.MARKET}
    assert "000000000000000000000308" in assert_problem(world.post(TAG, market), 409)["detail"]
    assert world.stored() == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"value": "Gold"}, "/name"), ({"name": " "}, "/name"), ({"name": "n" * 129}, "/name"),
        ({"name": "n", "value": "v" * 257}, "/value"), ({"name": "n", "tagType": "5"}, "/tagType"),
        ({"name": "n", "valeu": "typo"}, "/valeu"), ({"name": "n", "description": "d" * 1_001}, "/description"),
    ],
)  # fmt: skip
def test_what_is_no_tag_is_refused_naming_the_field(world: World, body: dict[str, Any], pointer: str) -> None:
    before = world.stored()
    assert_problem(world.post(TAG, body), 422, pointer)
    assert world.stored() == before


def test_a_description_can_be_changed_and_what_the_tag_means_cannot(world: World) -> None:
    tag = world.post(TAG, GOLD).json()
    detail = world.call("GET", f"{TAG}/{tag['id']}").json()
    assert world.call("PUT", f"{TAG}/{tag['id']}", json=detail).json() == tag
    changed = world.call("PUT", f"{TAG}/{tag['id']}", json=detail | {"description": "since 2009"})
    assert changed.json() == tag | {"description": "since 2009"}
    for field, other in (("name", "Team"), ("value", "Silver"), ("tagType", TagType.DEVICE.value)):
        assert_problem(world.call("PUT", f"{TAG}/{tag['id']}", json={field: other}), 422, f"/{field}")
    assert [change.changes for change in world.ports.audit.kept][1:] == [{"description": ["since 2010", "since 2009"]}]
    assert_problem(world.call("PUT", f"{TAG}/{'f' * 24}", json={"description": "x"}), 404)
    assert_problem(world.call("PUT", f"{TAG}/000000000000000000000308", json={"description": "x"}), 409)


def test_tags_are_listed_by_type_and_found_by_how_they_begin(world: World) -> None:
    for value in ("Gold", "Silver", "Bronze"):
        world.post(TAG, {"name": "Club", "value": value})
    user = listed(world, f"tagType={TagType.USER.value}")
    assert [item["value"] for item in user["items"]] == ["Bronze", "Gold", "Silver"]
    assert user["pagination"]["totalItems"] == 3
    assert [item["value"] for item in listed(world, "value=SIL")["items"]] == ["Silver"]
    assert [item["value"] for item in listed(world, "name=club&value=b")["items"]] == ["Bronze"]
    assert listed(world, f"tagType={TagType.USER.value}&skip=true") == user["items"]
    assert [item["value"] for item in listed(world, "name=clu&page=2&limit=2")["items"]] == ["Silver"]


def test_markets_and_languages_are_there_without_being_stored(world: World) -> None:
    markets = listed(world, f"tagType={TagType.MARKET.value}&limit=100")
    assert markets["pagination"]["totalItems"] == len(MARKETS) == 249
    seen, cursor = markets["items"], markets["pagination"]["nextCursor"]
    while cursor:
        more = listed(world, f"tagType={TagType.MARKET.value}&limit=100&cursor={cursor}")
        seen, cursor = seen + more["items"], more["pagination"].get("nextCursor")
    assert sorted(item["id"] for item in seen) == sorted(MARKETS)
    spain = world.call("GET", f"{TAG}/000000000000000000000308").json()
    assert (spain["name"], spain["value"]) == ("Spain", "")
    (portuguese,) = listed(world, f"tagType={TagType.LANGUAGE.value}&value=portuguese&limit=1")["items"]
    assert (portuguese["name"], portuguese["value"]) == ("Language", "pt")
    assert len(languages()) > 180
    assert set(world.ports.tags.stored) == {ANDROID.id}


def test_a_given_tag_may_be_filtered_by_and_carried_by_id_or_name_without_being_stored(world: World) -> None:
    (german,) = listed(world, "name=lang&value=de&limit=1")["items"]
    german = {"id": german["id"], "name": "Language"}
    for tag in (german, {"name": "language", "value": "DE", "tagType": TagType.LANGUAGE}, {"id": german["id"]}):
        assert world.device(tags=[tag]).json()["tags"][0]["id"] == german["id"]
        assert world.schedule(filterTags=[tag]).status_code == 201
    assert world.schedule(filterTags=[{"name": "Spain"}]).json()["filterTags"][0]["name"] == "Spain"
    assert world.device(tags=[{"name": "Spain", "tagType": TagType.MARKET}]).json()["tags"][0]["id"] in MARKETS
    assert set(world.ports.tags.stored) == {ANDROID.id}


def test_who_carries_a_tag_is_estimated_from_a_slice_or_counted_where_they_are_few(world: World) -> None:
    for number in range(5):
        phones = [{"platform": "web", "token": f"T{number}-{each}"} for each in range(number % 3)]
        world.device(devices=phones, tags=[{"id": ANDROID.id}])

    def devices() -> Any:
        return world.call("GET", f"{TAG}/{ANDROID.id}?appId=2").json()["devices"]

    assert devices() == {"estimate": 5, "asOf": world.ports.clock.now()}
    world.ports.devices.estimates = 100
    assert devices()["estimate"] == 25_600


@pytest.mark.parametrize("cursor", ["x", "AAAA", "-", "%00", "w4k"])
def test_a_made_up_cursor_is_refused(world: World, cursor: str) -> None:
    assert_problem(world.call("GET", f"{TAG}?cursor={cursor}"), 422, "/cursor")


def test_an_unknown_tag_is_not_found(world: World) -> None:
    assert_problem(world.call("GET", f"{TAG}/{'f' * 24}"), 404)
    assert_problem(world.call("GET", f"{TAG}/__x__"), 404)


def test_what_leads_too_deep_is_refused(world: World) -> None:
    assert_problem(world.call("GET", f"{TAG}?page=1000&limit=100"), 422, "/page")
    assert_problem(world.call("GET", f"{TAG}?name={'n' * 257}"), 422, "/name")
