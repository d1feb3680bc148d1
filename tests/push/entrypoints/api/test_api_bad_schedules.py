"""Schedules that are wrong: each gets its status and pointer, and nothing is stored, queued or sent."""

from typing import Any

import pytest

from fakes.amazon import ADM, BAIDU
from fakes.world import ANDROID, World, app, assert_problem
from push.domain.app import SnsApplications
from push.domain.data import SDK_KEYS
from push.domain.schedule import DAY_MS, MAX_TIME_MS

NOW = 1_800_000_000_000
NAMED = {"title": "T"}


def shown(**more: Any) -> dict[str, Any]:
    return {"payload": {"notification": NAMED | more}}


def data(**more: Any) -> dict[str, Any]:
    return {"payload": {"data": more}}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("sendOn that could never expire", {"sendOn": 253_402_300_799_999}, "/sendOn"),
    ("data that is Apple's", {"payload": {"data": {"aps": "x"}}}, "/payload/data"),
    ("missing name", {"name": None}, "/name"),
    ("empty name", {"name": ""}, "/name"),
    ("blank name", {"name": " \t"}, "/name"),
    ("long name", {"name": "x" * 201}, "/name"),
    ("name no text", {"name": 5}, "/name"),
    ("missing app", {"appId": None}, "/appId"),
    ("app no number", {"appId": "Application id"}, "/appId"),
    ("app negative", {"appId": -1}, "/appId"),
    ("app a float", {"appId": 2.0}, "/appId"),
    ("app a truth", {"appId": True}, "/appId"),
    ("app beyond integers", {"appId": 2**63}, "/appId"),
    ("sendOn negative", {"sendOn": -1}, "/sendOn"),
    ("sendOn a float", {"sendOn": 1486992630019.5}, "/sendOn"),
    ("sendOn a whole float", {"sendOn": 1486992630019.0}, "/sendOn"),
    ("sendOn a text", {"sendOn": "1486992630019"}, "/sendOn"),
    ("sendOn a truth", {"sendOn": True}, "/sendOn"),
    ("sendOn beyond timestamps", {"sendOn": MAX_TIME_MS + 1}, "/sendOn"),
    ("expiresAt before now", {"expiresAt": NOW}, "/expiresAt"),
    ("expiresAt before sendOn", {"sendOn": NOW + 5, "expiresAt": NOW + 5}, "/expiresAt"),
    ("expiresAt too late", {"expiresAt": NOW + 28 * DAY_MS + 1}, "/expiresAt"),
    ("onUnknown", {"onUnknown": "maybe"}, "/onUnknown"),
    ("template", {"template": "TEMPLATE"}, "/template"),
    ("unknown field", {"alias": ["a"]}, "/alias"),
    ("users", {"users": []}, "/users"),
    ("aliases empty", {"aliases": []}, "/aliases"),
    ("aliases no list", {"aliases": "alias1"}, "/aliases"),
    ("aliases too many", {"aliases": [str(n) for n in range(10_001)]}, "/aliases"),
    ("alias too long", {"aliases": ["ok", "x" * 129]}, "/aliases/1"),
    ("alias too long in bytes", {"aliases": ["ü" * 65]}, "/aliases/0"),
    ("alias empty", {"aliases": [""]}, "/aliases/0"),
    ("alias no text", {"aliases": ["a", 1]}, "/aliases/1"),
    ("alias null", {"aliases": [None]}, "/aliases/0"),
    ("alias with NUL", {"aliases": ["a\0"]}, "/aliases/0"),
    ("filter unknown id", {"filterTags": [{"id": ANDROID.id}, {"id": "1n1k2hk01231l238901c"}]}, "/filterTags/1"),
    ("filter no id at all", {"filterTags": [{"id": "a/b"}]}, "/filterTags/0"),
    ("filter unknown value", {"filterTags": [{"name": "Platform name", "value": "Windows"}]}, "/filterTags/0"),
    ("filter two tags", {"filterTags": [{"id": ANDROID.id, "value": "ios"}]}, "/filterTags/0"),
    ("filter nameless", {"filterTags": [{"value": "Android"}]}, "/filterTags/0"),
    ("filter empty", {"filterTags": [{}]}, "/filterTags/0"),
    ("filter misspelt", {"filterTags": [{"id": ANDROID.id, "naem": "x"}]}, "/filterTags/0/naem"),
    ("filter type", {"filterTags": [{"id": ANDROID.id, "tagType": "5"}]}, "/filterTags/0/tagType"),
    ("filter no list", {"filterTags": {"id": ANDROID.id}}, "/filterTags"),
    ("too many filters", {"filterTags": [{"id": ANDROID.id}] * 101}, "/filterTags"),
    ("payload no object", {"payload": "text"}, "/payload"),
    ("payload unknown", {"payload": {"notfication": {}}}, "/payload/notfication"),
    ("notification unknown", shown(titel="x"), "/payload/notification/titel"),
    ("nothing to show", {"payload": {"notification": {"badge": 1}}}, "/payload"),
    ("sound", shown(sound="moo"), "/payload/notification/sound"),
    ("sound with suffix", shown(sound="adara.aiff"), "/payload/notification/sound"),
    ("color word", shown(color="red"), "/payload/notification/color"),
    ("color short", shown(color="#fff"), "/payload/notification/color"),
    ("color with newline", shown(color="#ffffff\n"), "/payload/notification/color"),
    ("badge negative", shown(badge=-1), "/payload/notification/badge"),
    ("badge word", shown(badge="many"), "/payload/notification/badge"),
    ("badge float", shown(badge=1.0), "/payload/notification/badge"),
    ("title no text", shown(title=1), "/payload/notification/title"),
    ("loc key alone", {"payload": {"notification": {"title": "T", "body_loc_key": "K"}}}, "/payload/notification"),
    ("loc args alone", shown(body_loc_args=["x"]), "/payload/notification"),
    ("loc args", shown(title_loc_args="x"), "/payload/notification/title_loc_args"),
    ("loc args bomb", shown(title_loc_args="[" * 100_000), "/payload/notification/title_loc_args"),
    ("image no layout", data(image={"url": "https://x"}), "/payload/data/image/layout"),
    ("image no url", data(image={"layout": "top"}), "/payload/data/image/url"),
    ("image empty url", data(image={"url": "", "layout": "top"}), "/payload/data/image/url"),
    ("image layout", data(image={"url": "https://x", "layout": "sideways"}), "/payload/data/image/layout"),
    ("image a text", data(image="https://x"), "/payload/data/image"),
    ("content_available", data(content_available=2), "/payload/data/content_available"),
    ("extra a list", data(extra=[1]), "/payload/data/extra"),
    ("extra a text", data(extra="not JSON"), "/payload/data/extra"),
    ("extra with NaN inside", data(extra='{"a": NaN}'), "/payload/data/extra"),
    ("extra with half a pair inside", data(extra='{"a": "\\ud800"}'), "/payload/data/extra"),
    ("extra a bomb", data(extra='{"a":' * 50_000), "/payload/data/extra"),
    ("2_FACTOR silent", data(type="2_FACTOR", code="1", content_available=1), "/payload/data"),
    ("2_FACTOR no code", data(type="2_FACTOR"), "/payload/data"),
    ("FCM's key", data(**{"from": "me"}), "/payload/data"),
    ("FCM's prefix", data(**{"google.x": "me"}), "/payload/data"),
    ("Firestore's key", data(__x__="me"), "/payload/data"),
    ("empty key", data(**{"": "me"}), "/payload/data"),
    ("too large", shown(body="x" * 4_096), "/payload"),
    ("too large in bytes", shown(body="ü" * 2_100), "/payload"),
    ("too large on iOS only", shown(body="x" * 2_030), "/payload"),
    *[(f"extra.{key}", data(extra={key: "x"}), "/payload/data/extra") for key in sorted(SDK_KEYS)],
    *[(f"data.{key}", data(**{key: "x"}), "/payload/data") for key in ("title", "scheduleId", "isSilent", "template")],
]


@pytest.mark.parametrize(("body", "pointer"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_wrong_field_is_answered_422_and_nothing_is_stored(body: dict[str, Any], pointer: str) -> None:
    world = World()
    assert world.ports.clock.now() == NOW
    before = world.stored()
    assert_problem(world.schedule(**body), 422, pointer)
    assert world.stored() == before


def test_an_unknown_app_is_answered_404_and_nothing_is_stored() -> None:
    world = World()
    before = world.stored()
    assert_problem(world.schedule(appId=99), 404)
    assert world.stored() == before


@pytest.mark.parametrize("aliases", [{}, {"aliases": None}, {"aliases": []}], ids=["absent", "null", "empty"])
def test_to_aliases_needs_aliases(aliases: dict[str, Any]) -> None:
    world = World()
    body = {"appId": 2, "name": "n"} | aliases
    assert_problem(world.post("/api/push/schedule/toAliases", body), 422, "/aliases")
    assert world.stored() == World().stored()


def test_every_wrong_field_is_named_at_once_in_halos_way_too() -> None:
    body = assert_problem(World().schedule(name="", sendOn=-1, payload={"notification": {"color": 5}}), 422)
    assert set(body["error"]["extra"]) == {"name", "sendOn", "payload.notification.color"}


def test_ten_thousand_wrong_aliases_are_not_all_told() -> None:
    answer = World().schedule(aliases=[""] * 10_000)
    assert_problem(answer, 422, "/aliases/0")
    assert len(answer.content) < 20_000


def test_what_does_not_fit_is_told_in_bytes() -> None:
    body = assert_problem(World().schedule(**shown(body="x" * 5_000)), 422, "/payload")
    assert "android" in body["errors"][0]["message"]
    assert "4,096" in body["errors"][0]["message"]


def test_no_value_is_ever_quoted_back() -> None:
    answer = World().schedule(aliases=[{"secret": "do not repeat this"}], sendOn="do not repeat this")
    assert "do not repeat this" not in answer.text


@pytest.mark.parametrize("field", ["sendOn", "expiresAt"])
def test_a_time_in_seconds_is_refused_and_not_taken_for_one_long_past(field: str) -> None:
    world = World()
    before = world.stored()
    body = assert_problem(world.schedule(**{field: 1_795_338_257}), 422, f"/{field}")
    assert "milliseconds" in body["detail"]
    assert world.stored() == before
    assert world.schedule(sendOn=0).status_code == 201


@pytest.mark.parametrize(("quotes", "sns", "told"), [
    (2_900, {}, None),
    (2_900, {"adm": ADM}, None),
    (2_900, {"baidu": BAIDU}, "baidu, which carries 4,096"),
    (3_900, {"adm": ADM}, "adm, which carries 6,144"),
])  # fmt: skip
def test_what_amazons_platforms_carry_counts_for_apps_that_have_them(
    quotes: int, sns: dict[str, str], told: str | None
) -> None:
    world = World()
    world.ports.apps.stored[2] = app(2, sns_applications=SnsApplications(**sns))
    answer = world.schedule(**data(x='"' * quotes))  # each is two bytes of JSON
    if told is None:
        assert answer.status_code == 201
        run, *_ = world.ports.runs.stored[answer.json()["id"]]
        assert run.sns_applications == sns
    else:
        assert told in assert_problem(answer, 422, "/payload")["errors"][0]["message"]
