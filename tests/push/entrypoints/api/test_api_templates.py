"""Templates, and the schedules that are made from them."""

from typing import Any

import pytest

from fakes.world import ANDROID, World, assert_problem
from push.domain.device import Platform
from push.domain.rendering import render

OFFER: dict[str, Any] = {
    "name": "Offer", "allows": ["text", "url"], "filterTags": [{"id": ANDROID.id}],
    "payload": {"notification": {"title": "Today", "sound": "ping"}, "data": {"shelf": "7"}},
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def make(world: World, who: str = "manager", **change: Any) -> str:
    answer = world.post("/api/push/template", OFFER | change, who)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


def test_a_template_is_made_read_put_back_copied_and_removed(world: World) -> None:
    id_ = make(world)
    read = world.call("GET", f"/api/push/template/{id_}", "editor")
    body = read.json()
    assert body == {
        "id": id_, "name": "Offer", "silent": False, "allows": ["text", "url"], "createdAt": body["createdAt"],
        "filterTags": [{"id": ANDROID.id, "name": "Platform Name", "value": "android"}], "payload": OFFER["payload"],
        "updatedAt": body["createdAt"],
    }  # fmt: skip
    tag = {"If-Match": read.headers["etag"]}
    put = world.call("PUT", f"/api/push/template/{id_}", json=body, headers=tag)
    assert (put.status_code, put.json()) == (200, body)
    assert_problem(world.call("PUT", f"/api/push/template/{id_}", json=body, headers=tag), 412)
    assert_problem(world.call("DELETE", f"/api/push/template/{id_}", headers=tag), 412)
    copy = world.call("POST", f"/api/push/template/{id_}/duplicate")
    assert (copy.status_code, copy.json() | {"id": id_}) == (201, body)
    assert world.call("DELETE", f"/api/push/template/{id_}").json() == body
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/duplicate")):
        assert_problem(world.call(method, f"/api/push/template/{id_}{rest}"), 404)
    assert world.call("GET", f"/api/push/template/{copy.json()['id']}").status_code == 200
    assert [change.action.value for change in world.ports.audit.kept] == ["create", "update", "create", "delete"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"), ({"allows": ["icon"]}, "/allows/0"), ({"filterTags": [{"id": "no"}]}, "/filterTags/0"),
        ({"silent": 1}, "/silent"), ({"allow": []}, "/allow"), ({"payload": {"notification": {"color": "red"}}},
        "/payload/notification/color"), ({"payload": {"data": {"content_available": 1}}}, "/silent"),
        ({"payload": None, "allows": ["badge"]}, "/silent"),
        ({"payload": {"notification": {"title": "x" * 5_000}}}, "/payload"),
    ],
)  # fmt: skip
def test_a_wrong_template_names_the_field_and_nothing_is_stored(
    world: World, change: dict[str, Any], pointer: str
) -> None:
    before = world.stored()
    assert_problem(world.post("/api/push/template", OFFER | change), 422, pointer)
    assert world.stored() == before


def test_a_template_may_leave_all_of_its_text_to_the_sender(world: World) -> None:
    id_ = make(world, filterTags=[], payload={"notification": {"badge": 1, "sound": "ping"}})
    shown = {"notification": {"title": "Now"}}
    made = world.schedule(template=id_, payload=shown).json()["payload"]["notification"]
    assert made == {"title": "Now", "badge": 1, "sound": "ping"}
    assert_problem(world.schedule(template=id_), 422, "/payload")


def test_templates_are_listed_by_name_page_by_page_and_searched(world: World) -> None:
    for name in ("Sale", "offer 2", "Offer 1"):
        make(world, name=name)
    first = world.call("GET", "/api/push/template?limit=2", "editor").json()
    assert [item["name"] for item in first["items"]] == ["Offer 1", "offer 2"]
    cursor = first["pagination"]["nextCursor"]
    rest = world.call("GET", f"/api/push/template?limit=2&cursor={cursor}").json()
    assert [item["name"] for item in rest["items"]] == ["Sale"]
    found = world.call("GET", "/api/push/template?name=OFFER&skip=true").json()
    assert [item["name"] for item in found] == ["Offer 1", "offer 2"]
    assert_problem(world.call("GET", "/api/push/template?cursor=x"), 422, "/cursor")


def test_a_schedule_takes_the_templates_message_and_says_what_it_may(world: World) -> None:
    said = {"notification": {"body": "Six bottles"}, "data": {"url": "app://wines"}}
    body = world.schedule(template=make(world), payload=said, filterTags=[{"id": ANDROID.id}]).json()
    assert body["payload"] == {
        "notification": {"title": "Today", "body": "Six bottles", "sound": "ping"},
        "data": {"url": "app://wines", "shelf": "7"},
    }
    content = world.ports.runs.stored[body["id"]][0].content
    message = render(content, Platform.IOS, 60, 0)
    assert message["data"]["template"] == message["apns"]["payload"]["aps"]["template"] == "Offer"
    assert world.call("GET", f"/api/push/schedule/{body['id']}").json() == body


def test_a_schedule_of_a_silent_template_is_silent(world: World) -> None:
    id_ = make(world, silent=True)
    body = world.schedule(template=id_, payload={"notification": {"body": "x"}}).json()
    assert world.ports.runs.stored[body["id"]][0].content.silent


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"payload": {"notification": {"title": "x", "sound": "carme"}}}, "/payload/notification/sound"),
        ({"payload": {"data": {"shelf": "8"}}}, "/payload/data/shelf"),
        ({"filterTags": [{"id": ANDROID.id}, {"name": "Colour", "value": "red"}]}, "/filterTags/1"),
    ],
)
def test_what_a_template_does_not_allow_is_named_and_nothing_is_stored(
    world: World, change: dict[str, Any], pointer: str
) -> None:
    world.add_tag("Colour", "red")
    id_ = make(world)
    before = world.stored()
    assert_problem(world.schedule(template=id_, **change), 422, pointer)
    assert world.stored() == before


def test_editing_or_removing_a_template_never_changes_a_stored_schedule_not_even_a_draft(world: World) -> None:
    id_ = make(world)
    soon = world.ports.clock.now() + 60_000
    drafts = [world.schedule(template=id_, draft=True, sendOn=soon).json() for _ in range(2)]
    world.call(
        "PUT", f"/api/push/template/{id_}", json=OFFER | {"name": "New", "payload": {"notification": {"title": "N"}}}
    )
    world.call("DELETE", f"/api/push/template/{id_}")
    for draft in drafts:
        path = f"/api/push/schedule/{draft['id']}"
        read = world.call("GET", path)
        assert read.json() == draft
        # Put back as it was read, copied and sent, it is still what it was.
        assert world.call("PUT", path, json=read.json() | {"name": "Renamed"}).json()["payload"] == draft["payload"]
        copy = world.call("POST", f"{path}/duplicate").json()
        assert world.call("POST", f"/api/push/schedule/{copy['id']}/send").json()["payload"] == draft["payload"]
        assert world.call("POST", f"{path}/send").json()["payload"] == draft["payload"]
        assert {world.ports.runs.stored[i][0].content.template for i in (draft["id"], copy["id"])} == {"Offer"}


def test_an_edit_that_says_something_else_is_held_to_the_template_as_it_is_now(world: World) -> None:
    id_ = make(world)
    soon = world.ports.clock.now() + 60_000
    made = world.schedule(template=id_, sendOn=soon, payload={"notification": {"body": "B"}}).json()
    world.call(
        "PUT", f"/api/push/template/{id_}", json=OFFER | {"allows": [], "payload": {"notification": {"title": "N"}}}
    )
    path = f"/api/push/schedule/{made['id']}"
    other = {"notification": made["payload"]["notification"] | {"body": "C"}, "data": {}}
    assert_problem(world.call("PUT", path, json=made | {"payload": other}), 422, "/payload/notification/body")
    fewer = {"notification": {"body": "B"}}
    assert world.call("PUT", path, json=made | {"payload": fewer}).json()["payload"]["notification"] == {
        "title": "N", "body": "B",
    }  # fmt: skip
