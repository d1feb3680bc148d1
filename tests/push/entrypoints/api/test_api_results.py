"""What became of notifications: one, many, who failed, day by day."""

import csv
import io
from typing import Any

import pytest

from fakes import made
from fakes.world import World, assert_problem
from push.domain.activity import Action
from push.domain.app import ReceiptMode, Receipts
from push.domain.page import Failure, nobody
from push.domain.results import day_of
from push.domain.run import totals
from push.domain.schedule import DAY_MS, State

CSV = {"Accept": "text/csv"}
FIRST, THEN = "0a" * 16, "0b" * 16
SENT, SENDING, NEW = "a" * 24, "b" * 24, "c" * 24


@pytest.fixture
def world() -> World:
    """A schedule that was sent, one on its way, and one that waits."""
    world = World()
    now = world.ports.clock.now()
    counts = totals({"accepted": 8, "dead": 2})
    put(
        world, SENT, state=State.SENT, sent_at=now, ended_at=now, started_at=now - 9, first_known_at=now - 5,
        last_known_at=now - 1,
        counts=counts, reasons={"UNREGISTERED": 2}, wake_at=None, shards=1,
    )  # fmt: skip
    put(world, SENDING, state=State.SENDING, shards=2, started_at=now - 9)
    shards = [
        made.shard(str(n), SENDING, due_at=now - n, counts={"accepted": 5, "rejected": 1}, reasons={"X": 1})
        for n in (0, 1)
    ]
    world.ports.ledger.shards = {(SENDING, shard.id): (shard, 1, now - 2) for shard in shards}
    put(world, NEW)
    return world


def put(world: World, id: str, **fields: Any) -> None:
    run = made.run(id, app=2, **fields)
    world.ports.runs.schedules[id] = made.schedule(id, app=2, state=run.state)
    world.ports.runs.stored[id] = (run, 1, world.ports.clock.now())


def fail(world: World, *failures: Failure) -> None:
    world.ports.ledger.failures_kept = {(SENT, each.target): each for each in failures}


def results(world: World, id: str) -> Any:
    answer = world.call("GET", f"/api/push/schedule/{id}/results")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_sent_notification_says_what_became_of_it(world: World) -> None:
    now = world.ports.clock.now()
    moments = {Action.RECEIPT: 6, Action.OPEN: 2}
    world.ports.activity.moments = {(SENT, f"d{n}", a): 1 for a, count in moments.items() for n in range(count)}
    body = results(world, SENT)
    assert (body["id"], body["appId"], body["state"], body["asOf"]) == (SENT, 2, "sent", now)
    assert (body["counts"]["targeted"], body["counts"]["accepted"], body["counts"]["failed"]) == (10, 8, 2)
    assert body["reasons"] == {"UNREGISTERED": 2}
    assert body["activity"] == {"receipt": 6, "open": 2, "dismiss": 0}
    assert body["rates"] == {"receipt": 0.75, "open": 0.25, "dismiss": 0.0}
    assert body["timings"] == {
        "askedAt": 1_000, "dueAt": 5_000, "startedAt": now - 9, "firstKnownAt": now - 5, "lastKnownAt": now - 1,
        "finishedAt": now,
    }  # fmt: skip


def test_one_on_its_way_says_what_is_known_so_far(world: World) -> None:
    now = world.ports.clock.now()
    body = results(world, SENDING)
    assert (body["state"], body["counts"]["accepted"], body["reasons"]) == ("sending", 10, {"X": 2})
    assert body["timings"] == {
        "askedAt": 1_000, "dueAt": 5_000, "startedAt": now - 9, "firstKnownAt": now - 1, "lastKnownAt": now - 2,
    }  # fmt: skip


def test_before_anything_is_accepted_there_are_no_rates(world: World) -> None:
    body = results(world, NEW)
    assert (body["state"], body["rates"], body["counts"]["targeted"]) == ("scheduled", {}, 0)


def test_activity_that_takes_too_long_to_count_is_left_out_and_not_said_to_be_none(world: World) -> None:
    world.ports.activity.uncountable = True
    body = results(world, SENT)
    assert "activity" not in body
    assert body["rates"] == {}


@pytest.mark.parametrize(
    ("receipts", "shown", "counted", "rate"),
    [
        (Receipts(), {"mode": "all"}, 2, 0.25),
        (Receipts(mode=ReceiptMode.SAMPLED, rate=0.5), {"mode": "sampled", "rate": 0.5}, 2, 0.5),
        (Receipts(mode=ReceiptMode.OFF), {"mode": "off"}, None, None),
    ],
    ids=["all", "sampled", "off"],
)
def test_a_reader_can_tell_which_receipts_were_kept(
    world: World, receipts: Receipts, shown: Any, counted: int | None, rate: float | None
) -> None:
    runs = world.ports.runs
    runs.schedules[SENT] = runs.schedules[SENT].model_copy(update={"receipts": receipts})
    world.ports.activity.moments = {(SENT, f"d{n}", a): 1 for a in (Action.RECEIPT, Action.OPEN) for n in range(2)}
    body = results(world, SENT)
    assert body["receipts"] == shown
    assert (body["activity"].get("receipt"), body["rates"].get("receipt")) == (counted, rate)
    assert (body["activity"]["open"], body["rates"]["open"]) == (2, 0.25)


def test_many_schedules_at_once_in_the_order_asked_for_and_the_unknown_named(world: World) -> None:
    unknown = ["d" * 24, "no/such"]
    body = world.post("/api/push/archive/search", {"schedules": [NEW, unknown[0], SENT, NEW, unknown[1]]}).json()
    assert body["items"] == [results(world, NEW), results(world, SENT)]
    assert body["unknown"] == unknown


def test_the_archive_is_asked_for_at_most_a_hundred(world: World) -> None:
    path = "/api/push/archive/search"
    assert world.post(path, {"schedules": [f"{n:024x}" for n in range(100)]}).status_code == 200
    assert_problem(world.post(path, {"schedules": [f"{n:024x}" for n in range(101)]}), 422, "/schedules")
    assert_problem(world.post(path, {"schedules": []}), 422, "/schedules")
    assert_problem(world.post(path, {"schedules": [SENT], "ids": []}), 422, "/ids")


@pytest.mark.parametrize("what", ["results", "failures"])
def test_of_an_unknown_schedule_there_is_nothing(world: World, what: str) -> None:
    assert_problem(world.call("GET", f"/api/push/schedule/{'d' * 24}/{what}"), 404)
    csv_wanted = {"Accept": "text/csv"}
    assert_problem(world.call("GET", f"/api/push/schedule/{'d' * 24}/{what}", headers=csv_wanted), 404)


def test_failures_are_paged_by_cursor(world: World) -> None:
    failures = [Failure(f"{n:032x}", f"{n:024x}", "ios", "dead", "UNREGISTERED") for n in range(2)]
    failures += [Failure(nobody(f"{n:032x}"), "", "", "noSuchDevice", "NO_SUCH_DEVICE", f"ann {n}") for n in range(3)]
    fail(world, *failures)
    path, seen, cursor = f"/api/push/schedule/{SENT}/failures", [], ""
    for _ in range(3):
        body = world.call("GET", f"{path}?limit=2&cursor={cursor}").json()
        seen += body["items"]
        cursor = body.get("nextCursor")
    assert cursor is None
    assert seen == [failure._asdict() for failure in failures]
    assert_problem(world.call("GET", f"{path}?limit=1001"), 422, "/limit")
    assert_problem(world.call("GET", f"{path}?cursor=a/b"), 422, "/cursor")
    assert_problem(world.call("GET", f"{path}?limit=2&page=2"), 422, "/page")


def test_failures_come_as_a_file_that_a_spreadsheet_reads_and_does_not_run(world: World) -> None:
    fail(
        world, Failure(FIRST, '=1+1,"x"\r\n', "ios", "dead", "UNREGISTERED"), Failure(THEN, "+1", "web", "dead", "@a"),
        *(Failure(f"{n:032x}", "plain", "android", "dead", "A") for n in range(16**31, 16**31 + 1_200)),
    )  # fmt: skip
    answer = world.call("GET", f"/api/push/schedule/{SENT}/failures", headers={"Accept": "text/csv, */*;q=0.1"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.startswith(
        "target,device,platform,kind,code,named\r\n" + FIRST + ',"\'=1+1,""x""\r\n",ios,dead,UNREGISTERED,\r\n'
    )
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[2] == [THEN, "'+1", "web", "dead", "'@a", ""]
    assert len(rows) == 1 + 1_202
    some = world.call("GET", f"/api/push/schedule/{SENT}/failures?limit=700&cursor={THEN}", headers=CSV)
    assert len(some.text.splitlines()) == 1 + 700


def test_json_is_answered_to_whoever_takes_both(world: World) -> None:
    for accept in ("*/*", "application/json, text/csv", ""):
        answer = world.call("GET", f"/api/push/schedule/{SENT}/failures", headers={"Accept": accept})
        assert answer.json() == {"items": []}


def test_an_apps_days_are_summed_from_what_was_sent(world: World) -> None:
    now = world.ports.clock.now()
    today, yesterday = day_of(now), day_of(now - DAY_MS)
    body = world.call("GET", f"/api/push/statistics?appId=2&from={yesterday}&to={today}").json()
    nothing = {"runs": 0, "targeted": 0, "accepted": 0, "failed": 0, "asOf": now}
    assert body == {
        "appId": 2,
        "days": [
            {"day": yesterday} | nothing,
            {"day": today, "runs": 1, "targeted": 10, "accepted": 8, "failed": 2, "asOf": now},
        ],
    }
    assert len(world.call("GET", "/api/push/statistics?appId=2").json()["days"]) == 30


def test_at_most_92_days_are_summed_at_once(world: World) -> None:
    path = "/api/push/statistics?appId=2"
    assert len(world.call("GET", f"{path}&from=2026-01-01&to=2026-04-02").json()["days"]) == 92
    assert_problem(world.call("GET", f"{path}&from=2026-01-01&to=2026-04-03"), 422, "/from")
    assert_problem(world.call("GET", f"{path}&from=2026-01-02&to=2026-01-01"), 422, "/from")
    assert_problem(world.call("GET", f"{path}&from=yesterday"), 422, "/from")
    assert_problem(world.call("GET", "/api/push/statistics"), 422, "/appId")
    assert_problem(world.call("GET", "/api/push/statistics?appId=9"), 404)
    assert world.call("GET", f"{path}&from=9999-12-01&to=9999-12-31").json()["days"] == []
