"""Identified users, as servers look them up, link devices to them, and have them forgotten."""

import asyncio
from typing import Any

import httpx
import pytest

from fakes.identities import vouch
from fakes.world import ANN, World, assert_problem
from push.domain.identity import NotSetUp
from push.domain.job import JobKind
from push.domain.page import Failure, nobody
from push.usecases.job_steps import job_steps
from push.usecases.start_job import start_job
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job

USERS = "/api/segmentation/identified"
DEVICES = f"{USERS}/{ANN.id}/devices"


@pytest.fixture
def world() -> World:
    world = World()
    for alias in ("phone", "tablet", "bob"):
        world.device(alias=alias, devices=[{"platform": "android", "token": f"token of {alias}"}])
    return world


def log_in(world: World, email: str = ANN.email, app: int = 2) -> Any:
    body = {"network": "google", "token": vouch(email), "deviceId": "phone"}
    return world.post(f"{USERS}/login", body, app).json()


def owners(world: World) -> dict[str, str | None]:
    return {alias: device.user for (app, alias), device in world.ports.devices.stored.items() if app == 2}


def link(world: World, *aliases: str, user: str = ANN.id, **more: Any) -> httpx.Response:
    body = {"aliases": list(aliases)} | more
    return world.post(f"{USERS}/{user}/devices?appId=2", body, "manager")


def test_users_of_an_app_are_listed_and_one_is_found_by_email(world: World) -> None:
    log_in(world, "bob@example.com")
    listed = world.call("GET", f"{USERS}?appId=2&limit=1", "manager").json()
    assert listed["pagination"]["totalItems"] == 2
    rest = world.call("GET", f"{USERS}?appId=2&cursor={listed['pagination']['nextCursor']}", "manager").json()
    emails = [user["email"] for user in listed["items"] + rest["items"]]
    assert sorted(emails) == [ANN.email, "bob@example.com"]
    (found,) = world.call("GET", f"{USERS}?appId=2&email={ANN.email.upper()}&skip=true", "manager").json()
    assert (found["id"], found["appId"], found["disabled"]) == (ANN.id, 2, False)
    assert world.call("GET", f"{USERS}?appId=2&email=nobody@example.com").json()["items"] == []
    assert_problem(world.call("GET", f"{USERS}?appId=99"), 404)
    assert_problem(world.call("GET", USERS), 422, "/appId")


def test_a_user_is_read_changed_and_put_back_but_for_the_email(world: World) -> None:
    path = f"{USERS}/{ANN.id}?appId=2"
    read = world.call("GET", path, "manager").json()
    again = world.call("PUT", path, "manager", json=read).json()
    assert again == read | {"updatedAt": world.ports.clock.now()}
    changed = world.call("PUT", path, "manager", json={"surname": "Moss", "displayName": "A. Moss"}).json()
    assert (changed["surname"], changed["displayName"], changed["name"]) == ("Moss", "A. Moss", "Ann")
    assert_problem(world.call("PUT", path, json={"email": "x@example.com"}), 422, "/email")
    assert_problem(world.call("PUT", path, json={"surnam": "x"}), 422, "/surnam")
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        assert_problem(world.call(method, f"{USERS}/{ANN.id}?appId=3", json=body), 404)
        assert_problem(world.call(method, f"{USERS}/identified-9?appId=2", json=body), 404)


def test_a_disabled_user_is_out_until_enabled(world: World) -> None:
    token = log_in(world)["token"]["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for disabled, status in ((True, 401), (False, 201)):
        assert (
            world.call("PUT", f"{USERS}/{ANN.id}?appId=2", json={"disabled": disabled}).json()["disabled"] is disabled
        )
        answer = world.call("POST", "/api/segmentation/appuser", None, json={}, headers=headers)
        assert answer.status_code == status


def test_a_server_links_and_unlinks_devices(world: World) -> None:
    device = world.ports.devices.stored[2, "tablet"]
    answer = link(world, "phone", "nobody", "phone", devices=[device.id, "f" * 24])
    assert answer.status_code == 200
    assert sorted(item["alias"] for item in answer.json()["items"]) == ["phone", "tablet"]
    assert answer.json()["unknown"] == ["nobody", "f" * 24]
    assert owners(world) == {"phone": ANN.id, "tablet": ANN.id, "bob": None}
    first = world.call("GET", f"{DEVICES}?appId=2&limit=1", "manager").json()
    rest = world.call("GET", f"{DEVICES}?appId=2&cursor={first['pagination']['nextCursor']}", "manager").json()
    assert [item["alias"] for item in first["items"] + rest["items"]] == ["phone", "tablet"]
    assert {item["user"] for item in rest["items"]} == {ANN.id}
    gone = world.call("DELETE", f"{DEVICES}/{device.id}?appId=2", "manager")
    assert (gone.status_code, gone.json()["alias"]) == (200, "tablet")
    assert "user" not in gone.json()
    assert owners(world)["tablet"] is None
    assert_problem(world.call("DELETE", f"{DEVICES}/{device.id}?appId=2"), 404)


def test_linking_names_somebody_and_no_more_than_a_hundred(world: World) -> None:
    for body in ({}, {"aliases": [f"a{n}" for n in range(101)]}, {"aliases": ["a"] * 60, "devices": ["d"] * 60}):
        assert_problem(world.post(f"{DEVICES}?appId=2", body), 422)
    assert_problem(world.post(f"{DEVICES}?appId=2", {"alias": ["phone"]}), 422, "/alias")
    assert_problem(link(world, "phone", user="identified-9"), 404)
    assert owners(world)["phone"] is None


def test_a_device_goes_from_one_user_to_the_next(world: World) -> None:
    log_in(world)
    bob = log_in(world, "bob@example.com")["user"]["id"]
    assert owners(world)["phone"] == bob
    assert link(world, "phone").status_code == 200
    assert owners(world)["phone"] == ANN.id
    assert world.call("GET", f"{USERS}/{bob}/devices?appId=2").json()["items"] == []


def test_an_export_is_the_profile_and_the_devices_page_by_page(world: World) -> None:
    log_in(world)
    aliases = [f"more{n:02}" for n in range(15)]
    for alias in aliases:
        world.device(alias=alias)
    link(world, "phone", *aliases)
    device = world.ports.devices.stored[2, "phone"]
    world.ports.ledger.failures_kept["r1", "t1"] = Failure("t1", device.id, "android", "dead", "UNREGISTERED")
    first = world.call("GET", f"{USERS}/{ANN.id}/export?appId=2", "manager").json()
    rest = world.call("GET", f"{USERS}/{ANN.id}/export?appId=2&cursor={first['nextCursor']}", "manager").json()
    exported = first["devices"] + rest["devices"]
    assert [each["device"]["alias"] for each in exported] == sorted([*aliases, "phone"])
    assert exported[-1]["failures"] == [
        {"schedule": "r1", "platform": "android", "kind": "dead", "code": "UNREGISTERED"}
    ]
    assert (first["user"]["email"], first["identity"]) == (ANN.email, "uid0")
    assert "nextCursor" not in rest
    assert_problem(world.call("GET", f"{USERS}/{ANN.id}/export?appId=2&cursor=zzz", "manager"), 422, "/cursor")


def worked(world: World, job: str) -> Any:
    """The job as it is told after its end, with all the time it needs."""
    ports = world.ports
    for _ in range(3):
        found = asyncio.run(ports.jobs.get(job))
        assert found is not None
        task = Task(v=VERSION, id=job, epoch=found.value.epoch)
        asyncio.run(work_job(task, steps=job_steps(ports), jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock))
        ports.clock.pass_ms(90_000)
    return world.call("GET", f"/api/jobs/{job}", "manager").json()


def test_a_deleted_user_leaves_no_trace(world: World) -> None:
    log_in(world)
    link(world, "tablet")
    to_users = {"appId": 2, "name": "n", "users": ["identified-2", ANN.id, "identified-3"]}
    schedule = world.post("/api/push/schedule/toIdentified", to_users).json()["id"]
    ports = world.ports
    gone = nobody(ports.keys.user(ANN.id))
    ports.ledger.failures_kept[schedule, gone] = Failure(gone, "", "", "noSuchDevice", "NO_SUCH_DEVICE")
    answer = world.call("DELETE", f"{USERS}/{ANN.id}?appId=2", "manager")
    assert (answer.status_code, answer.json()["email"]) == (200, ANN.email)
    assert_problem(world.call("DELETE", f"{USERS}/{ANN.id}?appId=2"), 404)
    # A phone whose server still remembers the user: it may not know for a minute.
    late = ports.devices.stored[2, "bob"]
    asyncio.run(work_job(Task(v=VERSION, id=answer.json()["job"], epoch=1), steps=job_steps(ports), jobs=ports.jobs,
                         tasks=ports.tasks, clock=ports.clock))  # fmt: skip
    ports.devices.stored[2, "bob"] = late.model_copy(update={"user": ANN.id})
    told = worked(world, answer.json()["job"])
    assert (told["state"], told["done"]) == ("done", 6)
    assert owners(world) == {"phone": None, "tablet": None, "bob": None}
    assert ports.identities.stored == {}
    assert ports.runs.lists[schedule, "0"] == ("identified-2", f"erased-{answer.json()['job']}", "identified-3")
    kept = (ports.users.stored, ports.devices.stored, ports.runs.lists, ports.ledger.failures_kept)
    assert ANN.id not in str(kept)
    assert ANN.email not in str(ports.jobs.stored)


def test_an_account_that_another_app_needs_stays(world: World) -> None:
    apps = world.ports.apps.stored
    apps[3] = apps[3].model_copy(update={"firebase_project": apps[2].firebase_project})
    log_in(world)
    log_in(world, app=3)
    job = world.call("DELETE", f"{USERS}/{ANN.id}?appId=2").json()["job"]
    assert worked(world, job)["state"] == "done"
    assert len(world.ports.identities.stored) == 1
    (left,) = world.ports.users.stored
    job = world.call("DELETE", f"{USERS}/{left[1]}?appId=3").json()["job"]
    assert worked(world, job)["state"] == "done"
    assert world.ports.identities.stored == {}


def test_erasing_waits_for_whoever_must_let_us(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(world)
    job = world.call("DELETE", f"{USERS}/{ANN.id}?appId=2").json()["job"]
    ports = world.ports

    class Locked:
        async def delete(self, *_: str) -> None:
            raise NotSetUp("grant us the role")

    open_, ports.identities = ports.identities, Locked()  # type: ignore[assignment]
    with pytest.raises(Exception, match="grant us the role"):
        worked(world, job)
    assert world.call("GET", f"/api/jobs/{job}").json()["state"] == "running"
    ports.identities = open_
    assert worked(world, job)["state"] == "done"
    assert ports.identities.stored == {}


def test_a_user_is_deleted_even_if_we_die_before_it_was(world: World) -> None:
    ports = world.ports
    job = asyncio.run(
        start_job(JobKind.ERASE_USER, ANN.id, {"app": "2"}, jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock)
    )
    assert worked(world, job.id)["state"] == "done"
    assert ports.users.stored == {}


def test_an_editor_sees_no_users_and_an_app_none_but_who_logs_in(world: World) -> None:
    for who in ("editor", 2, ANN):
        assert_problem(world.call("GET", f"{USERS}?appId=2", who), 403)
        assert_problem(world.call("GET", f"{USERS}/{ANN.id}/export?appId=2", who), 403)
        assert_problem(world.post(f"{DEVICES}?appId=2", {"aliases": ["phone"]}, who), 403)
