"""HALO's contract, section 5: kinds of notification, and the tags that people make."""

from typing import Any

import pytest

from fakes.world import ANDROID, World
from halo.sdks.android import Android
from halo.sdks.server import Server
from push.domain.template import Part

ADARA = {"title": "Autumn wines", "sound": "adara"}
# What a sender says of each part, and the field that is named where it may not.
PARTS: dict[Part, tuple[dict[str, Any], str]] = {
    Part.TEXT: ({"notification": {"body": "Twelve bottles"}}, "payload.notification.body"),
    Part.BADGE: ({"notification": {"badge": 3}}, "payload.notification.badge"),
    Part.URL: ({"data": {"url": "https://example.com"}}, "payload.data.url"),
    Part.SOUND: ({"notification": {"sound": "ping"}}, "payload.notification.sound"),
    Part.COLOR: ({"notification": {"color": "#7b1e3a"}}, "payload.notification.color"),
    Part.IMAGE: ({"data": {"image": {"url": "u", "layout": "top"}}}, "payload.data.image"),
    Part.EXTRA: ({"data": {"extra": {"shelf": 7}}}, "payload.data.extra"),
}


def make(server: Server, **fields: Any) -> str:
    body = {"name": "Offer", "payload": {"notification": ADARA}} | fields
    answer = server.call("POST", "/api/push/template", body)
    assert answer.status == 201, answer
    id_: str = answer.json()["id"]
    return id_


def test_a_template_has_a_name_a_kind_what_it_allows_its_tags_and_a_message(server: Server) -> None:
    id_ = make(server, allows=["text"], filterTags=[{"id": ANDROID.id}])
    template = server.call("GET", f"/api/push/template/{id_}").json()
    assert (template["name"], template["silent"], template["allows"]) == ("Offer", False, ["text"])
    assert template["filterTags"][0]["id"] == ANDROID.id
    assert template["payload"]["notification"] == ADARA


@pytest.mark.parametrize("part", Part)
def test_a_sender_fills_in_what_the_template_allows_and_nothing_else(server: Server, part: Part) -> None:
    payload, field = PARTS[part]
    assert server.schedule(template=make(server, allows=[part]), payload=payload).status == 201
    others = [other for other in Part if other is not part]
    answer = server.schedule(template=make(server, allows=others), payload=payload)
    assert (answer.status, list(answer.json()["error"]["extra"])) == (422, [field])


def test_a_schedule_takes_the_templates_defaults(server: Server) -> None:
    body = server.posted(template=make(server))
    assert body["payload"]["notification"] == ADARA


def test_a_schedule_of_a_silent_template_is_silent(world: World, server: Server) -> None:
    body = server.posted(template=make(server, silent=True, payload={"data": {"sync": "menu"}}))
    assert world.ports.runs.stored[body["id"]][0].content.silent


def test_a_schedule_filters_by_the_tags_that_its_template_offers(world: World, server: Server) -> None:
    other = world.add_tag("Club", "Gold").id
    id_ = make(server, filterTags=[{"id": ANDROID.id}])
    assert server.schedule(template=id_, filterTags=[{"id": ANDROID.id}]).status == 201
    assert server.schedule(template=id_, filterTags=[{"id": other}]).status == 422


@pytest.mark.parametrize(("role", "may"), [("admin", True), ("manager", True), ("editor", False)])
def test_only_who_may_manage_templates_makes_edits_and_removes_them(
    world: World, server: Server, role: str, may: bool
) -> None:
    id_, caller = make(server), Server(world, role)
    body = {"name": "Offer", "payload": {"notification": ADARA}}
    for method, path in (("POST", ""), ("PUT", f"/{id_}"), ("DELETE", f"/{id_}")):
        answer = caller.call(method, f"/api/push/template{path}", body)
        assert (answer.status in (200, 201), answer.status == 403) == (may, not may)


def test_a_template_takes_a_customer_as_all_of_halos_bodies_may(server: Server) -> None:
    assert make(server, customerId=1)


def test_a_tag_has_a_name_a_value_and_a_description_and_is_a_user_tag_unless_said(server: Server) -> None:
    body = {"name": "Club", "value": "Gold", "description": "Members since 2010"}
    tag = server.call("POST", "/api/segmentation/tag", body).json()
    assert tag == body | {"id": tag["id"], "tagType": "000000000000000000000002"}


def test_tags_are_filtered_by_type_and_searched_by_name_and_value(world: World, server: Server) -> None:
    gold, _ = world.add_tag("Club", "Gold"), world.add_tag("Club", "Silver")
    query = "tagType=000000000000000000000002&name=club&value=go"
    items = server.call("GET", f"/api/segmentation/tag?{query}").json()["items"]
    assert [item["id"] for item in items] == [gold.id]


def test_a_tag_says_how_many_devices_carry_it(world: World, server: Server) -> None:
    for number in range(3):
        tags = [{"name": "Platform Name", "value": "android"}]
        Android(world).sync(devices=[{"platform": "android", "token": f"t{number}"}], tags=tags)
    assert server.call("GET", f"/api/segmentation/tag/{ANDROID.id}?appId=2").json()["devices"]["estimate"] == 3
