"""What becomes of a schedule by hand: edited, sent, copied, cancelled, removed; and who was told."""

from typing import Any

import httpx
import pytest

from fakes.tasks import Created
from fakes.world import World, assert_problem
from push.domain.account import Account, Right
from push.domain.audit import Action
from push.domain.role import Role
from push.domain.run import ARM_AHEAD_MS, GRACE_MS, WATCH_MS, Run
from push.domain.schedule import DAY_MS, State

NOW = 1_800_000_000_000
SOON = NOW + 60_000
ENDED = [State.SENT, State.CANCELLED, State.FAILED, State.HALTED, State.EXPIRED]
SHOWN = {"notification": {"title": "Autumn wines"}, "data": {"extra": {"deep": [[1]]}, "shelf": "7"}}


@pytest.fixture
def world() -> World:
    return World()


def make(world: World, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = world.schedule(**body).json()
    return made


def put(world: World, schedule: dict[str, Any], tag: str | None = None, **change: Any) -> httpx.Response:
    headers = {} if tag is None else {"If-Match": tag}
    return world.call("PUT", f"/api/push/schedule/{schedule['id']}", json=schedule | change, headers=headers)


def act(world: World, id_: str, verb: str, **more: Any) -> httpx.Response:
    return world.call("POST", f"/api/push/schedule/{id_}/{verb}", **more)


def run(world: World, id_: str) -> Run:
    return world.ports.runs.stored[id_][0]


def put_state(world: World, id_: str, state: State) -> None:
    stored, version, at = world.ports.runs.stored[id_]
    world.ports.runs.stored[id_] = (stored.model_copy(update={"state": state, "wake_at": None}), version + 1, at)


def test_a_draft_is_checked_and_stored_and_nothing_is_set_going(world: World) -> None:
    body = make(world, draft=True, sendOn=SOON, aliases=["a"], payload=SHOWN)
    assert (body["state"], body["sendOn"], body["aliases"]) == ("draft", SOON, ["a"])
    assert (run(world, body["id"]).state, run(world, body["id"]).wake_at) == (State.DRAFT, None)
    assert world.ports.tasks.created == []
    assert_problem(world.schedule(draft=True, payload={"notification": {"color": "red"}}), 422)
    assert_problem(world.schedule(draft="yes"), 422, "/draft")


@pytest.mark.parametrize("named", [{"aliases": ["a", "b"]}, {"users": ["identified-1"]}])
def test_a_row_of_a_list_sent_back_does_not_become_a_broadcast(world: World, named: dict[str, Any]) -> None:
    schedule = make(world, sendOn=SOON, **named)
    row = world.call("GET", "/api/push/schedule").json()["items"][0]
    assert not row.keys() & named.keys()
    assert_problem(put(world, row, name="renamed"), 422, "")
    assert_problem(world.call("POST", "/api/push/schedule", json=row), 422, "")
    assert_problem(put(world, row | dict.fromkeys(named)), 422, "")
    assert run(world, schedule["id"]).audience.listed == len(*named.values())
    assert put(world, row | named, name="renamed").json()["audience"] == schedule["audience"]


def test_whom_a_schedule_is_for_can_be_changed(world: World) -> None:
    schedule = make(world, sendOn=SOON)
    fewer = put(world, schedule, aliases=["a"]).json()
    assert fewer["audience"] == {"kind": "aliases", "count": 1}
    all_again = {field: value for field, value in fewer.items() if field not in ("aliases", "audience")}
    assert put(world, all_again).json()["audience"] == {"kind": "everybody"}


def test_a_draft_is_sent_at_its_time_and_only_once(world: World) -> None:
    id_ = make(world, draft=True, sendOn=SOON, aliases=["a"])["id"]
    answer = act(world, id_, "send")
    assert (answer.status_code, answer.json()["state"], answer.json()["aliases"]) == (200, "scheduled", ["a"])
    assert world.ports.tasks.created == [Created("send", id_, 2, SOON)]
    assert run(world, id_).wake_at == SOON + GRACE_MS
    assert_problem(act(world, id_, "send"), 409)


def test_a_draft_whose_time_has_passed_goes_now_and_lives_a_day(world: World) -> None:
    id_ = make(world, draft=True)["id"]
    world.ports.clock.pass_ms(3 * DAY_MS)
    body = act(world, id_, "send").json()
    assert (body["sendOn"], body["expiresAt"]) == (NOW + 3 * DAY_MS, NOW + 4 * DAY_MS)
    assert world.ports.tasks.created == [Created("send", id_, 2, None)]


def test_a_draft_that_lay_there_for_days_is_put_back_as_it_was_read(world: World) -> None:
    draft = make(world, draft=True)
    world.ports.clock.pass_ms(3 * DAY_MS)
    body = put(world, draft, name="Spring wines").json()
    assert (body["sendOn"], body["expiresAt"]) == (NOW + 3 * DAY_MS, NOW + 4 * DAY_MS)
    world.ports.clock.pass_ms(3 * DAY_MS)
    assert act(world, draft["id"], "send").json()["expiresAt"] == NOW + 7 * DAY_MS


def test_a_draft_that_has_expired_is_not_sent_until_it_is_given_more_time(world: World) -> None:
    draft = make(world, draft=True, expiresAt=SOON)
    world.ports.clock.pass_ms(DAY_MS)
    assert_problem(act(world, draft["id"], "send"), 409)
    assert put(world, draft, expiresAt=NOW + 2 * DAY_MS).status_code == 200
    assert act(world, draft["id"], "send").json()["expiresAt"] == NOW + 2 * DAY_MS


def test_a_draft_is_sent_by_the_app_as_it_is_then(world: World) -> None:
    id_ = make(world, draft=True)["id"]
    world.ports.apps.stored[2] = world.ports.apps.stored[2].model_copy(update={"firebase_project": "moved"})
    act(world, id_, "send")
    assert run(world, id_).firebase_project == "moved"


def test_what_was_read_can_be_put_back_as_it_is(world: World) -> None:
    id_ = make(world, sendOn=SOON, aliases=["b", "a"], payload=SHOWN, onUnknown="skip")["id"]
    read = world.call("GET", f"/api/push/schedule/{id_}")
    answer = put(world, read.json(), read.headers["etag"])
    assert (answer.status_code, answer.json()) == (200, read.json())
    assert answer.headers["etag"] != read.headers["etag"]
    assert [task.epoch for task in world.ports.tasks.created] == [1]


def test_an_edit_replaces_the_request_and_what_the_engine_will_send(world: World) -> None:
    old = make(world, sendOn=SOON, aliases=[str(n) for n in range(2_500)], payload=SHOWN)
    body = put(world, {"id": old["id"], "appId": 2, "name": "Winter", "aliases": ["z"]}).json()
    assert (body["name"], body["aliases"], body["sendOn"], "payload" in body) == ("Winter", ["z"], SOON, False)
    assert (body["createdAt"], body["state"]) == (old["createdAt"], "scheduled")
    stored = run(world, old["id"])
    assert (stored.content.name, stored.content.payload, stored.audience.listed) == ("Winter", None, 1)
    assert world.ports.runs.lists == {(old["id"], "0"): ("z",)}
    assert world.call("GET", f"/api/push/schedule/{old['id']}").json() == body


def test_of_two_who_edit_what_they_have_read_the_second_is_told(world: World) -> None:
    made = world.schedule(sendOn=SOON)
    tag = made.headers["etag"]
    assert put(world, made.json(), tag, name="first").status_code == 200
    before = world.stored()
    assert_problem(put(world, made.json(), tag, name="second"), 412)
    assert_problem(world.call("DELETE", f"/api/push/schedule/{made.json()['id']}", headers={"If-Match": tag}), 412)
    assert world.stored() == before


@pytest.mark.parametrize("tag", ['W/"1"', '"x"', "1", '"2"', '"1', '""'])
def test_an_etag_that_is_not_the_schedules_matches_nothing(world: World, tag: str) -> None:
    assert_problem(put(world, make(world, sendOn=SOON), tag), 412)


@pytest.mark.parametrize("tag", ["*", '"1"', '"7", "1"', '"1","2"', None])
def test_an_edit_goes_through_with_the_right_etag_any_or_none(world: World, tag: str | None) -> None:
    assert put(world, make(world, sendOn=SOON), tag).status_code == 200


def test_moving_there_and_back_gets_a_task_of_its_own_each_time(world: World) -> None:
    made = make(world, sendOn=SOON)
    for send_on in (SOON + 5, SOON, SOON + 5):
        assert put(world, made, sendOn=send_on).status_code == 200
    assert [(task.epoch, task.at) for task in world.ports.tasks.created] == [
        (1, SOON), (2, SOON + 5), (3, SOON), (4, SOON + 5),
    ]  # fmt: skip
    assert (run(world, made["id"]).epoch, run(world, made["id"]).wake_at) == (4, SOON + 5 + GRACE_MS)


def test_what_is_moved_out_of_cloud_tasks_reach_is_left_to_sweep(world: World) -> None:
    made = make(world, sendOn=SOON)
    far = NOW + ARM_AHEAD_MS + 9
    assert put(world, made, sendOn=far, expiresAt=None).status_code == 200
    assert [task.epoch for task in world.ports.tasks.created] == [1]
    assert (run(world, made["id"]).epoch, run(world, made["id"]).wake_at) == (2, NOW + 9)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"appId": 3}, "/appId"), ({"draft": True}, "/draft"), ({"name": ""}, "/name"), ({"sendOn": -1}, "/sendOn"),
        ({"expiresAt": SOON}, "/expiresAt"), ({"sendon": 5}, "/sendon"),
        ({"filterTags": [{"id": "no"}]}, "/filterTags/0"),
    ],
)  # fmt: skip
def test_a_wrong_edit_names_the_field_and_changes_nothing(world: World, change: dict[str, Any], pointer: str) -> None:
    made = make(world, sendOn=SOON)
    before = world.stored()
    assert_problem(put(world, made, **change), 422, pointer)
    assert world.stored() == before


@pytest.mark.parametrize("state", [State.SENDING, *ENDED])
def test_what_is_sending_or_has_ended_is_not_edited_but_can_be_copied(world: World, state: State) -> None:
    made = make(world, aliases=["a", "b"], payload=SHOWN)
    put_state(world, made["id"], state)
    assert_problem(put(world, made, '"99"'), 409)
    copy = act(world, made["id"], "duplicate")
    assert copy.status_code == 201
    assert copy.headers["etag"]
    body = copy.json()
    assert (body["state"], body["aliases"], body["payload"]) == ("draft", ["a", "b"], made["payload"])
    assert body["id"] != made["id"]
    assert run(world, body["id"]).content.schedule_id == body["id"]
    assert world.call("GET", f"/api/push/schedule/{body['id']}").json() == body


def test_a_copy_keeps_a_time_to_come_and_not_a_past_one(world: World) -> None:
    id_ = make(world, sendOn=SOON, expiresAt=SOON + 5)["id"]
    early = act(world, id_, "duplicate").json()
    assert (early["sendOn"], early["expiresAt"]) == (SOON, SOON + 5)
    world.ports.clock.pass_ms(DAY_MS)
    late = act(world, id_, "duplicate").json()
    assert (late["sendOn"], late["expiresAt"]) == (NOW + DAY_MS, NOW + 2 * DAY_MS)


def test_a_copy_whose_aliases_have_expired_is_not_one_to_nobody(world: World) -> None:
    id_ = world.schedule(aliases=["a", "b"]).json()["id"]
    world.ports.runs.lists.clear()
    assert_problem(act(world, id_, "duplicate"), 409)


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED, State.SENDING, State.HALTED])
def test_what_has_not_ended_can_be_cancelled_and_cancelling_twice_is_well(world: World, state: State) -> None:
    id_ = make(world)["id"]
    put_state(world, id_, state)
    for _ in range(2):
        answer = act(world, id_, "cancel")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    # What was sent until then is summed up once the workers have noticed.
    assert run(world, id_).wake_at == (NOW + WATCH_MS if state in (State.SENDING, State.HALTED) else None)
    assert len([change for change in world.ports.audit.kept if change.action is Action.CANCEL]) == 1


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.EXPIRED])
def test_what_has_ended_cannot_be_cancelled(world: World, state: State) -> None:
    id_ = make(world)["id"]
    put_state(world, id_, state)
    assert_problem(act(world, id_, "cancel"), 409)


def test_what_was_halted_goes_on_and_says_so(world: World) -> None:
    made = make(world)
    put_state(world, made["id"], State.HALTED)
    before = run(world, made["id"])
    assert_problem(act(world, made["id"], "resume", headers={"If-Match": '"7"'}), 412)
    assert_problem(act(world, made["id"], "resume", who=2), 403)
    answer = act(world, made["id"], "resume", who="editor", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["state"], answer.headers["etag"]) == (200, "sending", '"1"')
    after = run(world, made["id"])
    assert (after.state, after.epoch, after.wake_at) == (State.SENDING, before.epoch + 1, NOW + WATCH_MS)
    assert world.ports.tasks.created[-1] == Created("send", made["id"], after.epoch, None)
    change = world.ports.audit.kept[-1]
    assert (change.actor, change.action) == ("editor", Action.RESUME)
    assert change.changes["state"] == ["halted", "sending"]


@pytest.mark.parametrize("state", [state for state in State if state is not State.HALTED])
def test_only_what_was_halted_can_be_resumed(world: World, state: State) -> None:
    id_ = make(world)["id"]
    put_state(world, id_, state)
    before = world.stored()
    assert state.value in assert_problem(act(world, id_, "resume"), 409)["detail"]
    assert world.stored() == before


def test_what_expired_while_it_was_halted_or_lost_its_app_is_not_resumed(world: World) -> None:
    id_ = make(world, expiresAt=NOW + 60_000)["id"]
    put_state(world, id_, State.HALTED)
    stored = world.ports.apps.stored
    before = stored[2]
    stored[2] = before.model_copy(update={"deleting": "a" * 24})
    assert "app is gone" in assert_problem(act(world, id_, "resume"), 409)["detail"]
    stored[2] = before
    world.ports.clock.pass_ms(60_000)
    assert "expired" in assert_problem(act(world, id_, "resume"), 409)["detail"]


def test_a_waiting_one_that_is_removed_is_not_sent_and_its_run_stays(world: World) -> None:
    id_ = make(world, sendOn=SOON)["id"]
    assert world.call("DELETE", f"/api/push/schedule/{id_}").json()["id"] == id_
    assert (run(world, id_).state, run(world, id_).wake_at, run(world, id_).removed_at) == (State.CANCELLED, None, NOW)
    assert world.call("GET", "/api/push/schedule").json()["items"] == []
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/send"), ("POST", "/resume")):
        assert_problem(world.call(method, f"/api/push/schedule/{id_}{rest}"), 404)


def test_a_sent_one_that_is_removed_keeps_its_result(world: World) -> None:
    id_ = make(world)["id"]
    put_state(world, id_, State.SENT)
    assert world.call("DELETE", f"/api/push/schedule/{id_}").status_code == 200
    assert run(world, id_).state is State.SENT


def test_while_it_is_sending_it_cannot_be_removed(world: World) -> None:
    id_ = make(world)["id"]
    put_state(world, id_, State.SENDING)
    before = world.stored()
    assert_problem(world.call("DELETE", f"/api/push/schedule/{id_}"), 409)
    assert world.stored() == before


def test_whoever_did_what_is_recorded(world: World) -> None:
    draft = make(world, draft=True, name="Autumn")
    put(world, draft, name="Winter")
    act(world, draft["id"], "send", who="editor")
    act(world, draft["id"], "cancel", who="manager")
    world.call("DELETE", f"/api/push/schedule/{draft['id']}")
    kept = world.ports.audit.kept
    assert [(change.actor, change.action.value) for change in kept] == [
        ("admin", "create"), ("admin", "update"), ("editor", "send"), ("manager", "cancel"), ("admin", "delete"),
    ]  # fmt: skip
    assert {(change.resource, change.resource_id, change.app) for change in kept} == {("schedule", draft["id"], 2)}
    assert kept[1].changes["name"] == ["Autumn", "Winter"]
    assert kept[3].changes["state"] == ["scheduled", "cancelled"]


def test_a_search_narrows_and_its_pages_follow_each_other(world: World) -> None:
    for number in range(6):
        make(world, name=f"Autumn {number % 2}", sendOn=SOON + number, appId=2 + number % 2, draft=number < 2)

    def names(query: str) -> list[int]:
        return [item["sendOn"] - SOON for item in world.call("GET", f"/api/push/schedule?{query}").json()["items"]]

    assert names("name=AUTUMN%201") == [1, 3, 5]
    assert names("name=autumn&state=draft") == [0, 1]
    assert names("state=scheduled&appId=3&from=0") == [5, 3]
    assert names(f"from={SOON + 1}&to={SOON + 3}") == [3, 2, 1]
    first = world.call("GET", "/api/push/schedule?name=autumn&limit=4").json()
    assert first["pagination"]["totalItems"] == 6
    cursor = first["pagination"]["nextCursor"]
    world.call("DELETE", f"/api/push/schedule/{first['items'][3]['id']}")
    assert names(f"name=autumn&limit=4&cursor={cursor}") == [3, 5]
    assert_problem(world.call("GET", f"/api/push/schedule?cursor={cursor}"), 422, "/cursor")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("state=asleep", "/state"), ("from=x", "/from"), ("to=-1", "/to"), (f"name={'x' * 201}", "/name"),
        ("cursor=WzFd", "/cursor"), ("cursor=bnVsbA", "/cursor"), ("cursor=%C3%BC", "/cursor"), ("cursor=A", "/cursor"),
    ],
)  # fmt: skip
def test_a_wrong_search_names_the_parameter(world: World, query: str, pointer: str) -> None:
    assert_problem(world.call("GET", f"/api/push/schedule?{query}"), 422, pointer)


def test_a_draft_for_a_segment_is_sent_by_who_may_send_to_segments() -> None:
    """An edit keeps the segment, so whoever may not choose one could otherwise send their own words to another's."""
    world = World()
    world.ports.roles.stored["plain"] = Role(name="plain", rights=(Right.NOTIFICATIONS,))
    plain = Account(id="plain", username="plain", password_hash="h", role="plain", created_at=0)
    world.ports.accounts.stored["plain"] = plain
    tag = world.add_tag("City", "Porto")
    for said, missing in (
        ({"filterTags": [{"id": tag.id}]}, "segmented-push"),
        ({"content": "c"}, "push-with-content"),
    ):
        draft = world.schedule(draft=True, **said).json()["id"]
        refused = assert_problem(world.call("POST", f"/api/push/schedule/{draft}/send", "plain"), 403)
        assert missing in refused["detail"]
        assert world.call("POST", f"/api/push/schedule/{draft}/send", "editor").status_code == 200
