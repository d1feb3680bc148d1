"""Devices, as servers look them up and people have them forgotten."""

import asyncio
from typing import Any

import pytest

from fakes.working import work
from fakes.world import ANDROID, World, assert_problem
from push.domain.device import STALE_MS
from push.domain.job import JobKind
from push.domain.page import Failure
from push.usecases.export_device import MOST
from push.usecases.job_steps import job_steps
from push.usecases.start_job import start_job
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job

APPUSER = "/api/segmentation/appuser"


@pytest.fixture
def world() -> World:
    world = World()
    world.device(alias="ann-phone", devices=[{"platform": "android", "token": "T1"}], tags=[{"id": ANDROID.id}])
    world.device(alias="ann-tablet", devices=[{"platform": "ios", "token": "T2"}], tags=[{"id": ANDROID.id}])
    world.device(alias="bob")
    world.device(who=3, alias="ann-elsewhere")
    return world


def found(world: World, query: str, who: str | int = "manager") -> list[str]:
    answer = world.call("GET", f"{APPUSER}?appId=2&{query}", who)
    assert answer.status_code == 200, answer.text
    return [item["alias"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "aliases"),
    [
        ("", ["ann-phone", "ann-tablet", "bob"]), ("alias=bob", ["bob"]), ("alias=ann", []),
        ("alias=ann*", ["ann-phone", "ann-tablet"]), (f"tag={ANDROID.id}", ["ann-phone", "ann-tablet"]),
        (f"tag={ANDROID.id}&platform=ios", ["ann-tablet"]), (f"tag={ANDROID.id}&tag={'f' * 24}", []),
        ("user=identified-1", []), ("alias=ann*&platform=android", ["ann-phone"]),
        ("alias=ann*&platform=Android", ["ann-phone"]),
    ],
)  # fmt: skip
def test_a_search_finds_what_all_of_it_means(world: World, query: str, aliases: list[str]) -> None:
    assert found(world, query) == aliases


def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    first = world.call("GET", f"{APPUSER}?appId=2&limit=2").json()
    rest = world.call("GET", f"{APPUSER}?appId=2&limit=2&cursor={first['pagination']['nextCursor']}").json()
    assert [item["alias"] for item in first["items"] + rest["items"]] == ["ann-phone", "ann-tablet", "bob"]
    assert "nextCursor" not in rest["pagination"]
    assert len(world.call("GET", f"{APPUSER}/?appId=2&skip=true").json()) == 3


def test_an_app_ships_its_secret_so_its_token_finds_nobody(world: World) -> None:
    assert_problem(world.call("GET", f"{APPUSER}?alias=bob", 2), 403)


def test_a_search_names_its_app_and_asks_for_no_more_than_a_page_holds(world: World) -> None:
    assert_problem(world.call("GET", f"{APPUSER}?alias=bob"), 422, "/appId")
    assert_problem(world.call("GET", f"{APPUSER}?appId=2&limit=101"), 422, "/limit")
    assert_problem(world.call("GET", f"{APPUSER}?appId=2&platform=fax"), 422, "/platform")
    assert_problem(world.call("GET", f"{APPUSER}?appId=99"), 404)


def test_a_page_by_number_is_refused_rather_than_answered_with_the_first(world: World) -> None:
    body = assert_problem(world.call("GET", f"{APPUSER}?appId=2&page=2"), 422, "/page")
    assert "nextCursor" in body["detail"]


def test_who_was_not_seen_for_long_is_stale_and_whom_fcm_gave_up_is_dead(world: World) -> None:
    devices = world.ports.devices.stored
    devices[2, "bob"] = devices[2, "bob"].model_copy(update={"dead_at": world.ports.clock.now()})

    def told() -> list[tuple[Any, Any]]:
        items = world.call("GET", f"{APPUSER}?appId=2").json()["items"]
        assert all(isinstance(item["seenAt"], int) for item in items)
        return [(item.get("stale"), item.get("dead")) for item in items]

    assert told() == [(None, None), (None, None), (None, True)]
    world.ports.clock.pass_ms(STALE_MS + 1)
    world.call("PUT", f"{APPUSER}/{devices[2, 'bob'].id}", 2, json={"devices": [{"platform": "web", "token": "T3"}]})
    assert told() == [(True, None), (True, None), (None, None)]


def test_a_deleted_device_is_gone_with_its_targets(world: World) -> None:
    device = world.ports.devices.stored[2, "ann-phone"]
    answer = world.call("DELETE", f"{APPUSER}/{device.id}?appId=2")
    assert (answer.status_code, answer.json()["deletedAt"]) == (200, world.ports.clock.now())
    assert_problem(world.call("GET", f"{APPUSER}/{device.id}", 2), 404)
    assert_problem(world.call("DELETE", f"{APPUSER}/{device.id}?appId=2"), 404)
    assert [target.value for target in world.ports.devices.targets(2)] == ["T2"]


def test_a_device_of_another_app_is_not_deleted(world: World) -> None:
    device = world.ports.devices.stored[3, "ann-elsewhere"]
    assert_problem(world.call("DELETE", f"{APPUSER}/{device.id}?appId=2"), 404)
    assert world.ports.devices.stored[3, "ann-elsewhere"] == device


def test_a_deleted_device_leaves_no_trace_in_what_was_sent(world: World) -> None:
    device = world.ports.devices.stored[2, "ann-phone"]
    body = {"appId": 2, "name": "Autumn wines", "aliases": ["bob", "ann-phone", "ann-tablet"]}
    schedule = world.post("/api/push/schedule", body, headers={"Idempotency-Key": "k"}).json()["id"]
    for alias, action in (("ann-phone", "receipt"), ("ann-phone", "open"), ("bob", "receipt")):
        report = {"device": alias, "schedule": schedule, "action": action, "platform": "ios"}
        assert world.post("/api/push/schedule/activity", report, 2).status_code == 200
    results = world.call("GET", f"/api/push/schedule/{schedule}/results").json()
    world.ports.ledger.failures_kept[schedule, "t1"] = Failure("t1", device.id, "android", "dead", "UNREGISTERED")
    exported = world.call("GET", f"{APPUSER}/{device.id}/export?appId=2", "manager").json()
    assert exported["failures"] == [
        {"schedule": schedule, "platform": "android", "kind": "dead", "code": "UNREGISTERED"}
    ]
    now = world.ports.clock.now()
    did = {"schedule": schedule, "platform": "ios", "receipt": now, "open": now, "dismiss": None}
    assert (exported["activity"], exported["truncated"]) == ([did], False)
    assert (exported["device"]["alias"], exported["device"]["tags"][0]["id"]) == ("ann-phone", ANDROID.id)
    job = world.call("DELETE", f"{APPUSER}/{device.id}?appId=2").json()["job"]
    ports = world.ports
    work(ports)
    told = world.call("GET", f"/api/jobs/{job}", "manager").json()
    assert (told["state"], told["done"]) == ("done", 3)
    kept = str((ports.runs.lists, ports.ledger.failures_kept, ports.jobs.stored, ports.runs.memories, ports.audit.kept))
    assert "ann-phone" not in kept
    assert "bob" in kept
    assert ports.ledger.failures_kept == {}
    assert [device for _, device, _ in ports.activity.moments] == [world.ports.devices.stored[2, "bob"].id]
    later = world.call("GET", f"/api/push/schedule/{schedule}/results").json()
    assert later["activity"] | {"asOf": 0} == results["activity"] | {"asOf": 0}


def test_what_a_worker_writes_of_a_device_while_it_is_erased_goes_as_well(world: World) -> None:
    """A page that was on its way to FCM says only afterwards which of its phones failed."""
    device = world.ports.devices.stored[2, "ann-phone"]
    job = world.call("DELETE", f"{APPUSER}/{device.id}?appId=2").json()["job"]
    ports = world.ports
    task = Task(v=VERSION, id=job, epoch=1)
    asyncio.run(work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock))
    ports.ledger.failures_kept["5" * 24, "t1"] = Failure("t1", device.id, "android", "dead", "UNREGISTERED")
    work(ports)
    assert ports.ledger.failures_kept == {}
    assert world.call("GET", f"/api/jobs/{job}").json()["state"] == "done"


def test_what_is_sent_to_a_phone_that_came_back_under_its_alias_arrives(world: World) -> None:
    device = world.ports.devices.stored[2, "ann-phone"]
    world.call("DELETE", f"{APPUSER}/{device.id}?appId=2")
    world.ports.clock.time += 1_000
    assert world.device(alias="ann-phone").status_code == 201
    schedule = world.schedule(aliases=["ann-phone"]).json()["id"]
    work(world.ports)
    assert world.ports.runs.lists[schedule, "0"] == ("ann-phone",)


def test_an_export_that_is_not_all_says_so(world: World) -> None:
    device = world.ports.devices.stored[2, "bob"]
    for number in range(MOST + 1):
        world.ports.ledger.failures_kept[f"{number:024x}", "t"] = Failure("t", device.id, "web", "dead", "GONE")
    exported = world.call("GET", f"{APPUSER}/{device.id}/export?appId=2").json()
    assert (len(exported["failures"]), exported["truncated"]) == (MOST, True)


def test_only_accounts_with_the_right_see_an_export(world: World) -> None:
    device = world.ports.devices.stored[2, "bob"]
    assert_problem(world.call("GET", f"{APPUSER}/{device.id}/export", 2), 403)
    assert_problem(world.call("GET", f"{APPUSER}/{device.id}/export?appId=3"), 404)


def test_a_device_is_deleted_even_if_we_die_before_it_was(world: World) -> None:
    device = world.ports.devices.stored[2, "bob"]
    ports = world.ports
    arguments = {"app": "2", "alias": "bob"}
    job = asyncio.run(
        start_job(JobKind.ERASE_DEVICE, device.id, arguments, jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
    )
    task = Task(v=VERSION, id=job.id, epoch=1)
    asyncio.run(work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock))
    assert (2, "bob") not in ports.devices.stored
