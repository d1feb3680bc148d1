"""HALO's contract, section 4: notifications that are asked for, and what phones report of them."""

from typing import Any

import pytest

from fakes.world import ANDROID, World
from halo.sdks import android
from halo.sdks.android import Android
from halo.sdks.ios import IOS
from halo.sdks.server import Server
from push.domain.audience import AudienceKind
from push.domain.data import LAYOUTS
from push.domain.notification import SOUNDS
from push.domain.schedule import DAY_MS, State
from push.domain.tag import TagType

# HALO's own example, every text of it empty.
EMPTY: dict[str, Any] = {
    "notification": {
        "title": "", "icon": "", "body": "", "sound": "", "badge": 0, "tag": "", "color": "", "click_action": "",
        "body_loc_key": "", "body_loc_args": "", "title_loc_key": "", "title-loc-args": "",
    },
    "data": {"url": "", "content_available": 0, "extra": {"any": "object"}, "custom": {"also": "passed on"}},
}  # fmt: skip
SOUND_NAMES = (
    "adara alya antimony argon ariel beryllium blip carme castor ceres chime cobalt cyanmessage dontpanic elara "
    "element europa f1_missedcall f1_new_sms fluorine hello hojus ivory mira modular moto natural organic ping "
    "pixiedust pizzicato proxima radon rhea selenium sirius tada tethys upsilon voila"
).split()


def shown(**fields: Any) -> dict[str, Any]:
    return {"notification": {"title": "Autumn wines", **fields}}


@pytest.mark.parametrize("path", ["//api/push/schedule/", "//api/authentication/schedule/"])
def test_a_schedule_is_posted_under_either_name_and_answered_with_a_text_for_an_id(server: Server, path: str) -> None:
    answer = server.call("POST", path, {"appId": 2, "name": "n"})
    assert answer.status == 201
    assert len(android.gson(android.SCHEDULE, answer.json())["id"]) == 24


@pytest.mark.parametrize(("missing", "rest"), [("appId", {"name": "n"}), ("name", {"appId": 2})])
def test_only_app_and_name_are_mandatory(server: Server, missing: str, rest: dict[str, Any]) -> None:
    assert server.call("POST", "/api/push/schedule", {"appId": 2, "name": "n"}).status == 201
    answer = server.call("POST", "/api/push/schedule", rest)
    assert (answer.status, list(answer.json()["error"]["extra"])) == (422, [missing])


def test_names_may_repeat(server: Server) -> None:
    assert server.posted(name="Autumn")["id"] != server.posted(name="Autumn")["id"]


def test_halos_whole_example_is_taken_with_every_text_empty(server: Server) -> None:
    body = server.posted(
        sendOn=1_486_992_630_019, filterTags=[{"id": ANDROID.id}], aliases=["alias1", "alias2"], payload=EMPTY
    )
    assert body["payload"]["data"]["extra"] == {"any": "object"}


def test_neither_aliases_nor_tags_means_everybody(server: Server) -> None:
    assert server.posted()["audience"]["kind"] == AudienceKind.EVERYBODY.value


def test_aliases_mean_those_devices(server: Server) -> None:
    body = server.posted(aliases=["alias1", "alias2"])
    assert (body["audience"], body["aliases"]) == ({"kind": "aliases", "count": 2}, ["alias1", "alias2"])


def test_values_of_one_name_mean_any_and_different_names_mean_all(world: World, server: Server) -> None:
    ios, gold = (world.add_tag(*pair, TagType.DEVICE).id for pair in (("Platform Name", "ios"), ("Club", "Gold")))
    tags = [{"id": ANDROID.id}, {"name": "platform name", "value": "iOS"}, {"id": gold}]
    run = world.ports.runs.stored[server.posted(filterTags=tags)["id"]][0]
    assert sorted(map(sorted, run.audience.groups)) == sorted([sorted([ANDROID.id, ios]), [gold]])


def test_tags_narrow_aliases(world: World, server: Server) -> None:
    run = world.ports.runs.stored[server.posted(aliases=["alias1"], filterTags=[{"id": ANDROID.id}])["id"]][0]
    assert (run.audience.kind, run.audience.groups) == (AudienceKind.ALIASES, ((ANDROID.id,),))


@pytest.mark.parametrize("when", [{}, {"sendOn": 1_486_992_630_019}], ids=["unsaid", "past"])
def test_without_a_time_or_with_a_past_one_it_goes_now(world: World, server: Server, when: dict[str, int]) -> None:
    assert server.posted(**when)["sendOn"] == world.ports.clock.now()
    assert world.ports.tasks.created[0].at is None


def test_otherwise_it_does_not_go_before_its_time(world: World, server: Server) -> None:
    at = world.ports.clock.now() + DAY_MS
    assert server.posted(sendOn=at)["sendOn"] == at
    assert world.ports.tasks.created[0].at == at


def test_without_payload_and_template_it_is_silent_and_says_id_and_name(world: World, server: Server) -> None:
    body = server.posted(name="Name of the push notification")
    content = world.ports.runs.stored[body["id"]][0].content
    assert (content.silent, content.schedule_id, content.name) == (True, body["id"], "Name of the push notification")


def test_to_aliases_takes_the_same_and_needs_its_list(server: Server) -> None:
    body = {"appId": 2, "name": "n", "aliases": ["alias1"]}
    assert server.call("POST", "/api/push/schedule/toAliases/", body).status == 201
    del body["aliases"]
    answer = server.call("POST", "/api/push/schedule/toAliases", body)
    assert (answer.status, list(answer.json()["error"]["extra"])) == (422, ["aliases"])


@pytest.mark.parametrize("sound", [*SOUND_NAMES, "default"])
def test_a_sound_is_one_of_halos_forty_or_default(server: Server, sound: str) -> None:
    assert server.posted(payload=shown(sound=sound))["payload"]["notification"]["sound"] == sound
    assert frozenset(SOUND_NAMES) | {"default"} == SOUNDS


def test_or_one_of_the_apps_own_list(server: Server) -> None:
    assert server.schedule(appId=3, payload=shown(sound="cork")).status == 201
    assert server.schedule(appId=2, payload=shown(sound="cork")).status == 422


@pytest.mark.parametrize(("color", "status"), [("#7b1e3a", 201), ("7b1e3a", 422), ("#fff", 422), ("red", 422)])
def test_a_color_is_rrggbb(server: Server, color: str, status: int) -> None:
    assert server.schedule(payload=shown(color=color)).status == status


@pytest.mark.parametrize("layout", ["default", "top", "left", "right", "bottom", "background", "expanded"])
def test_an_image_has_one_of_seven_layouts(server: Server, layout: str) -> None:
    image = {"url": "https://example.com/w.png", "layout": layout}
    assert server.posted(payload=shown() | {"data": {"image": image}})["payload"]["data"]["image"] == image
    assert len(LAYOUTS) == 7


@pytest.mark.parametrize("image", [{"url": "u"}, {"layout": "top"}, {"url": "", "layout": "top"}, "u", {}])
def test_an_image_with_less_is_refused_since_it_would_crash_android(server: Server, image: Any) -> None:
    assert server.schedule(payload=shown() | {"data": {"image": image}}).status == 422


@pytest.mark.parametrize("badge", [3, "3"])
def test_a_badge_is_a_number_also_as_text(server: Server, badge: Any) -> None:
    assert server.posted(payload=shown(badge=badge))["payload"]["notification"]["badge"] == 3


@pytest.mark.parametrize("name", ["title_loc_args", "title-loc-args", "body_loc_args"])
@pytest.mark.parametrize("args", [["Ann", "5"], '["Ann", "5"]'], ids=["array", "text"])
def test_loc_args_are_an_array_or_a_text_that_holds_one(server: Server, name: str, args: Any) -> None:
    fields = {"title": "t", "body": "b", "title_loc_key": "T", "body_loc_key": "B", name: args}
    kept = server.posted(payload={"notification": fields})["payload"]["notification"]
    assert kept[name.replace("-", "_")] == ["Ann", "5"]


def test_title_loc_args_in_both_spellings_are_one_field(server: Server) -> None:
    fields = {"title": "t", "title_loc_key": "T", "title-loc-args": ["a"]}
    filled = {"notification": fields | {"title_loc_args": ""}}
    assert server.posted(payload=filled)["payload"]["notification"]["title_loc_args"] == ["a"]
    answer = server.schedule(payload={"notification": fields | {"title_loc_args": ["b"]}})
    assert answer.status == 422
    assert "are one field: send one of them" in answer.json()["detail"]


def test_other_keys_of_data_are_passed_on_and_objects_as_json_text(server: Server) -> None:
    data = server.posted(payload={"data": {"custom": {"also": "passed on"}, "shelf": 7}})["payload"]["data"]
    assert data == {"custom": '{"also":"passed on"}', "shelf": "7"}


def test_a_concept_is_saved_edited_and_then_sent(world: World, server: Server) -> None:
    id_ = server.posted(draft=True)["id"]
    path = f"/api/push/schedule/{id_}"
    edited = server.call("PUT", path, {"appId": 2, "name": "Winter wines"}).json()
    assert (edited["name"], edited["state"], world.ports.tasks.created) == ("Winter wines", "draft", [])
    assert server.call("POST", f"{path}/send").json()["state"] == "scheduled"


def test_its_states_are_halos_and_ours() -> None:
    halos = {"draft", "scheduled", "sending", "sent", "cancelled", "failed"}
    assert {state.value for state in State} == halos | {"halted", "expired"}


def test_schedules_are_listed_and_searched_by_name_and_state(server: Server) -> None:
    drafted, _ = server.posted(name="Autumn leaves", draft=True), server.posted(name="Autumn wines")
    found = server.call("GET", "/api/push/schedule?name=autumn&state=draft").json()["items"]
    assert [item["id"] for item in found] == [drafted["id"]]


def test_a_schedule_is_read_with_its_statistics(server: Server) -> None:
    read = server.call("GET", f"/api/push/schedule/{server.posted()['id']}").json()
    assert {"targeted", "accepted", "failed"} <= set(read["counts"])
    assert read["reasons"] == {}


def test_a_removed_schedule_is_gone_and_none_of_its_phones_is_told(world: World, server: Server) -> None:
    id_ = server.posted(draft=True)["id"]
    assert server.call("DELETE", f"/api/push/schedule/{id_}").json()["id"] == id_
    assert server.call("GET", f"/api/push/schedule/{id_}").status == 404
    assert world.ports.sender.sent == []


def test_the_archive_finds_results_of_several_schedules_with_what_phones_did(server: Server) -> None:
    ids = [server.posted()["id"] for _ in range(2)]
    found = server.call("POST", "/api/push/archive/search", {"schedules": [*ids, "0" * 24]}).json()
    assert [item["id"] for item in found["items"]] == ids
    assert found["unknown"] == ["0" * 24]
    assert found["items"][0]["activity"] == {"receipt": 0, "open": 0, "dismiss": 0}


@pytest.mark.parametrize("action", ["receipt", "open", "dismiss"])
def test_both_sdks_report_in_their_own_way_and_get_their_four_fields_back(
    world: World, server: Server, action: str
) -> None:
    id_ = server.posted()["id"]
    for phone in (Android(world), IOS(world)):
        phone.sync()
        platform = "ios" if isinstance(phone, IOS) else "android"
        assert phone.report(id_, action) == {
            "device": phone.device["alias"], "schedule": id_, "action": action, "platform": platform,
        }  # fmt: skip


def test_repeats_do_not_count_twice(world: World, server: Server) -> None:
    id_ = server.posted()["id"]
    phone = IOS(world)
    phone.sync()
    for _ in range(3):
        assert phone.report(id_, "open")
    results = server.call("GET", f"/api/push/schedule/{id_}/results").json()
    assert results["activity"] == {"receipt": 0, "open": 1, "dismiss": 0}


def test_content_that_was_published_is_named_answered_and_passed_on(world: World, server: Server) -> None:
    body = server.posted(content="wines-2026", filterTags=[{"id": ANDROID.id}], payload=shown())
    assert server.call("GET", f"/api/push/schedule/{body['id']}").json()["content"] == body["content"] == "wines-2026"
    assert world.ports.runs.stored[body["id"]][0].content.content == "wines-2026"
    assert server.call("POST", f"/api/push/schedule/{body['id']}/duplicate").json()["content"] == "wines-2026"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"content": "x" * 129}, "content"),
        ({"content": "a\nb"}, "content"),
        ({"content": {"id": "a"}}, "content"),
        ({"content": "a", "payload": {"data": {"content": "b"}}}, "payload.data.content"),
        ({"content": "a", "payload": {"data": {"extra": {"content": "b"}}}}, "payload.data.extra.content"),
    ],
)
def test_content_that_could_not_be_passed_on_is_refused(server: Server, fields: dict[str, Any], field: str) -> None:
    answer = server.schedule(**fields)
    assert (answer.status, list(answer.json()["error"]["extra"])) == (422, [field])


@pytest.mark.parametrize("customer", [1, "1"])
def test_a_customer_is_taken_and_not_kept(server: Server, customer: Any) -> None:
    assert "customerId" not in server.posted(customerId=customer)
    assert server.schedule(customerId="one").status == 422
