"""Schedules that are right: what is stored, set going, answered and read again."""

from typing import Any

import pytest

from fakes.tasks import Created
from fakes.world import ANDROID, World, assert_problem
from push.domain.audience import Audience, AudienceKind
from push.domain.outcome import Kind
from push.domain.run import ARM_AHEAD_MS, GRACE_MS
from push.domain.schedule import DAY_MS, State
from push.domain.shard import Shard, Source
from push.domain.tag import TagType

SEEDS: dict[str, dict[str, Any]] = {
    "aliases": {"appId": 2, "name": "Name of the push notification", "aliases": ["alias1", "alias2"]},
    "everybody": {"appId": 2, "name": "Name of the push notification"},
    "tag by id": {"appId": 2, "name": "My push to Android", "filterTags": [{"id": ANDROID.id}]},
    "tag by name": {
        "appId": 2,
        "name": "My push to Android",
        "filterTags": [{"name": "Platform name", "value": "Android"}],
    },
    "sendOn": {"appId": 2, "name": "Name of the push notification", "sendOn": 1486992630019},
}


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("path", ["/api/push/schedule", "/api/push/schedule/", "/api/authentication/schedule/"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_bodies_of_halos_own_page_are_accepted_as_printed(world: World, seed: str, path: str) -> None:
    answer = world.post(path, SEEDS[seed])
    assert answer.status_code == 201
    body = answer.json()
    assert (len(body["id"]), body["appId"], body["state"]) == (24, 2, "scheduled")
    read = world.call("GET", f"/api/push/schedule/{body['id']}")
    assert (read.status_code, read.json()) == (200, body)
    assert world.ports.tasks.created == [Created("send", body["id"], 1, None)]


def test_an_accepted_schedule_is_stored_with_its_run_and_shape(world: World) -> None:
    now = world.ports.clock.now()
    body = world.schedule(aliases=["b", "a", "b"], onUnknown="skip").json()
    assert body == {
        "id": body["id"], "appId": 2, "name": "Autumn wines", "state": "scheduled", "sendOn": now,
        "expiresAt": now + DAY_MS, "createdAt": now, "updatedAt": now, "filterTags": [], "aliases": ["b", "a"],
        "audience": {"kind": "aliases", "count": 2}, "onUnknown": "skip", "reasons": {},
        "counts": dict.fromkeys(["targeted", "failed", *(k.value for k in Kind if k is not Kind.RETRY)], 0),
    }  # fmt: skip
    run = world.ports.runs.stored[body["id"]][0]
    assert (run.id, run.schedule, run.app, run.epoch, run.state) == (body["id"], body["id"], 2, 1, State.SCHEDULED)
    assert (run.firebase_project, run.wake_at, run.shards) == ("firebase-2", now + GRACE_MS, 0)
    assert run.content.schedule_id == body["id"]
    assert run.audience == Audience(kind=AudienceKind.ALIASES, listed=2)
    assert world.ports.runs.schedules[body["id"]].created_by == "admin"


def test_ten_thousand_aliases_are_kept_in_ten_lists_and_come_back_in_order(world: World) -> None:
    aliases = [f"alias-{number}" for number in range(10_000)]
    answer = world.post("/api/push/schedule/toAliases", {"appId": 2, "name": "n", "aliases": aliases})
    id_ = answer.json()["id"]
    assert [len(items) for items in world.ports.runs.lists.values()] == [1_000] * 10
    assert world.call("GET", f"/api/push/schedule/{id_}").json()["aliases"] == aliases
    assert "aliases" not in world.call("GET", "/api/push/schedule").json()["items"][0]


def test_an_app_id_may_come_as_text_and_is_answered_as_a_number(world: World) -> None:
    assert world.schedule(appId="2").json()["appId"] == 2


def test_null_means_absent(world: World) -> None:
    nothing = dict.fromkeys(["sendOn", "expiresAt", "onUnknown", "template", "filterTags", "aliases", "payload"])
    body = world.schedule(**nothing).json()
    assert body["audience"] == {"kind": "everybody"}


def test_two_schedules_may_have_one_name(world: World) -> None:
    assert world.schedule().json()["id"] != world.schedule().json()["id"]


def test_a_schedule_for_later_gets_its_task_for_then(world: World) -> None:
    send_on = world.ports.clock.now() + 5_000
    body = world.schedule(sendOn=send_on).json()
    assert (body["sendOn"], body["expiresAt"]) == (send_on, send_on + DAY_MS)
    assert world.ports.tasks.created == [Created("send", body["id"], 1, send_on)]
    assert world.ports.runs.stored[body["id"]][0].wake_at == send_on + GRACE_MS


@pytest.mark.parametrize("send_on", [0, 1486992630019])
def test_a_past_time_means_now(world: World, send_on: int) -> None:
    body = world.schedule(sendOn=send_on).json()
    assert body["sendOn"] == world.ports.clock.now()
    assert world.ports.tasks.created[0].at is None


def test_what_lies_beyond_cloud_tasks_reach_is_left_to_sweep(world: World) -> None:
    now = world.ports.clock.now()
    near, far = now + ARM_AHEAD_MS, now + ARM_AHEAD_MS + 1
    world.schedule(sendOn=near)
    body = world.schedule(sendOn=far).json()
    assert [task.at for task in world.ports.tasks.created] == [near]
    assert world.ports.runs.stored[body["id"]][0].wake_at == now + 1


def test_a_task_that_cannot_be_made_does_not_undo_what_is_stored(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.ports.tasks.broken = True
    answer = world.schedule()
    assert answer.status_code == 201
    assert answer.json()["id"] in world.ports.runs.stored
    assert "task-not-made" in capsys.readouterr().err


def test_tags_are_found_in_any_spelling_and_combine_by_name(world: World) -> None:
    red, green = world.add_tag("Colour", "Red"), world.add_tag("colour", "green")
    twin = world.add_tag("PLATFORM NAME", "Android", TagType.LANGUAGE)
    filters = [
        {"name": "COLOUR", "value": "rEd"}, {"id": green.id}, {"name": " platform name ", "value": "ANDROID"},
    ]  # fmt: skip
    body = world.schedule(filterTags=filters).json()
    groups = world.ports.runs.stored[body["id"]][0].audience.groups
    assert {frozenset(group) for group in groups} == {frozenset({red.id, green.id}), frozenset({ANDROID.id, twin.id})}
    assert body["filterTags"] == [
        {"name": "COLOUR", "value": "rEd"},
        {"id": green.id, "name": "colour", "value": "green"},
        {"name": " platform name ", "value": "ANDROID"},
    ]


def test_a_filter_may_say_which_type_of_tag_it_means(world: World) -> None:
    twin = world.add_tag("Platform Name", "android", TagType.USER)
    tag = {"name": "Platform Name", "value": "android", "tagType": TagType.USER.value}
    body = world.schedule(filterTags=[tag]).json()
    assert world.ports.runs.stored[body["id"]][0].audience.groups == ((twin.id,),)


def test_halos_markets_need_not_be_stored_to_be_filtered_by(world: World) -> None:
    body = world.schedule(filterTags=[{"id": "000000000000000000000100"}]).json()
    assert body["filterTags"][0]["name"] == "Afghanistan"


def test_a_payload_is_answered_as_it_was_given_without_what_was_empty(world: World) -> None:
    payload = {
        "notification": {
            "title": "T", "icon": "", "body": "B", "sound": "", "badge": "3", "tag": "", "color": "#a0B1c2",
            "click_action": "", "body_loc_key": "K", "body_loc_args": '["x", 1]', "title_loc_key": "",
            "title-loc-args": "",
        },
        "data": {
            "url": "", "content_available": 0, "image": {"url": "https://x/y.png", "layout": "expanded"},
            "extra": {"any": {"object": None}}, "custom": {"also": "passed on"}, "n": 7,
        },
    }  # fmt: skip
    answer = world.schedule(payload=payload)
    assert answer.status_code == 201, answer.text
    assert answer.json()["payload"] == {
        "notification": {"title": "T", "body": "B", "badge": 3, "color": "#a0B1c2", "body_loc_key": "K",
                         "body_loc_args": ["x", "1"]},
        "data": {"image": {"url": "https://x/y.png", "layout": "expanded"}, "extra": {"any": {"object": None}},
                 "custom": '{"also":"passed on"}', "n": "7"},
    }  # fmt: skip


def test_a_schedule_that_was_read_may_be_posted_again_as_it_is(world: World) -> None:
    payload = {"notification": {"title": "T"}, "data": {"content_available": 1, "extra": {"a": 1}}}
    first = world.schedule(aliases=["a"], payload=payload, filterTags=[{"id": ANDROID.id}]).json()
    again = world.post("/api/push/schedule", world.call("GET", f"/api/push/schedule/{first['id']}").json())
    assert again.status_code == 201
    assert again.json() | {"id": first["id"]} == first


def test_an_apps_own_sounds_are_sounds_for_that_app_only(world: World) -> None:
    payload = {"notification": {"title": "T", "sound": "cork"}}
    assert world.schedule(appId=3, payload=payload).status_code == 201
    assert_problem(world.schedule(appId=2, payload=payload), 422, "/payload/notification/sound")


def test_the_demo_apps_token_may_post_to_aliases_where_its_app_allows_it(world: World) -> None:
    assert world.schedule(who=3, appId=3, aliases=["a"]).status_code == 201
    before = world.stored()
    assert_problem(world.schedule(who=3, appId=3), 403)
    assert_problem(world.schedule(who=3, appId=3, filterTags=[{"id": ANDROID.id}]), 403)
    assert_problem(world.schedule(who=3, appId=2, aliases=["a"]), 403)
    assert_problem(world.schedule(who=2, appId=2, aliases=["a"]), 403)
    assert world.stored() == before


@pytest.mark.parametrize(("who", "status"), [("admin", 201), ("manager", 201), ("editor", 201), ("gardener", 403)])
def test_a_role_without_the_right_is_answered_403_and_nothing_is_stored(world: World, who: str, status: int) -> None:
    before = world.stored()
    assert world.schedule(who=who).status_code == status
    assert (world.stored() == before) is (status == 403)


def shard(run: str, number: str, planned: bool, done: bool, **counts: int) -> Shard:
    return Shard(
        id=number, run=run, planned=planned, source=Source.RANGE, due_at=0, counts=counts, done=done,
        reasons={"UNREGISTERED": counts.get("dead", 0)},
    )  # fmt: skip


def put_run(world: World, id_: str, **update: Any) -> None:
    run, version, at = world.ports.runs.stored[id_]
    world.ports.runs.stored[id_] = (run.model_copy(update=update), version, at)


def put_shards(world: World, *shards: Shard) -> None:
    world.ports.ledger.shards = {(each.run, each.id): (each, 1, 0) for each in shards}


def test_while_it_is_sent_counts_and_progress_are_the_ledgers(world: World) -> None:
    id_ = world.schedule().json()["id"]
    put_run(world, id_, state=State.SENDING, shards=3, estimate=60_000)
    put_shards(
        world,
        shard(id_, "0", True, True, accepted=10, dead=2),
        shard(id_, "1", True, False, accepted=5, retry=9),
        shard(id_, "0-1", False, True, unknown=1),
    )
    body = world.call("GET", f"/api/push/schedule/{id_}").json()
    assert body["state"] == "sending"
    assert body["shards"] == {"done": 2, "total": 4}
    assert body["audience"] == {"kind": "everybody", "count": 60_000}
    assert {name: body["counts"][name] for name in ("targeted", "accepted", "failed", "dead", "unknown")} == {
        "targeted": 18, "accepted": 15, "failed": 3, "dead": 2, "unknown": 1,
    }  # fmt: skip
    assert body["reasons"] == {"UNREGISTERED": 2}


def test_once_sent_counts_are_the_runs_and_the_ledger_is_left_alone(world: World) -> None:
    id_ = world.schedule().json()["id"]
    put_run(
        world,
        id_,
        state=State.SENT,
        shards=1,
        sent_at=5,
        counts={"accepted": 7, "dead": 1},
        reasons={"UNREGISTERED": 1},
    )
    put_shards(world, shard(id_, "0", True, True, accepted=99))
    body = world.call("GET", f"/api/push/schedule/{id_}").json()
    assert (body["state"], body["sentAt"], body["counts"]["targeted"]) == ("sent", 5, 8)
    assert body["reasons"] == {"UNREGISTERED": 1}
    assert "shards" not in body


@pytest.mark.parametrize("state", [State.CANCELLED, State.HALTED, State.EXPIRED, State.FAILED])
def test_of_a_run_that_ended_early_what_was_sent_is_told_all_the_same(world: World, state: State) -> None:
    id_ = world.schedule().json()["id"]
    put_run(world, id_, state=state, shards=2, reason="why")
    put_shards(world, shard(id_, "0", True, True, accepted=10))
    body = world.call("GET", f"/api/push/schedule/{id_}").json()
    assert (body["state"], body["counts"]["accepted"], body["reason"]) == (state.value, 10, "why")


@pytest.mark.parametrize("id_", ["5" * 24, "toAliases", "__x__", "a" * 100, "%00", "ü"])
def test_an_unknown_schedule_is_answered_404(world: World, id_: str) -> None:
    assert_problem(world.call("GET", f"/api/push/schedule/{id_}"), 404)


def test_a_schedule_without_a_run_is_answered_from_what_it_mirrors(world: World) -> None:
    id_ = world.schedule().json()["id"]
    world.ports.runs.stored.clear()
    assert world.call("GET", f"/api/push/schedule/{id_}").json()["counts"]["targeted"] == 0


def test_lists_are_newest_first_in_halos_pages(world: World) -> None:
    for number in range(25):
        world.ports.clock.pass_ms(1)
        world.schedule(name=str(number), appId=2 + number % 2)
    first = world.call("GET", "/api/push/schedule").json()
    assert [item["name"] for item in first["items"]] == [str(number) for number in range(24, 14, -1)]
    cursor = first["pagination"].pop("nextCursor")
    assert first["pagination"] == {"page": 1, "limit": 10, "offset": 0, "totalItems": 25, "totalPages": 3}
    third = world.call("GET", "/api/push/schedule?page=3&limit=10").json()
    assert [item["name"] for item in third["items"]] == ["4", "3", "2", "1", "0"]
    assert third["pagination"] == {"page": 3, "limit": 10, "offset": 20, "totalItems": 25, "totalPages": 3}
    second = world.call("GET", f"/api/push/schedule?cursor={cursor}").json()
    assert [item["name"] for item in second["items"]] == [str(number) for number in range(14, 4, -1)]
    assert world.call("GET", "/api/push/schedule?appId=3").json()["pagination"]["totalItems"] == 12
    bare = world.call("GET", "/api/push/schedule?skip=true&limit=100").json()
    assert [item["name"] for item in bare] == [str(number) for number in range(24, -1, -1)]


def test_totals_are_left_out_where_counting_costs_more_than_it_tells(world: World) -> None:
    world.ports.schedules.uncountable = True
    assert world.call("GET", "/api/push/schedule").json()["pagination"] == {"page": 1, "limit": 10, "offset": 0}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("page=0", "/page"), ("page=x", "/page"), ("limit=0", "/limit"), ("limit=101", "/limit"),
        ("appId=-1", "/appId"),
        ("appId=x", "/appId"), ("cursor=a/b", "/cursor"), ("page=9999&limit=100", "/page"), ("page=1e3", "/page"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_answered_422_and_names_the_parameter(world: World, query: str, pointer: str) -> None:
    assert_problem(world.call("GET", f"/api/push/schedule?{query}"), 422, pointer)
