"""A tag is deleted: now, and then off every device in the background."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from fakes.tags import FakeTags
from fakes.working import work
from fakes.world import ANDROID, World, assert_problem
from push.domain.job import FORGOTTEN_MS
from push.domain.schedule import State
from push.domain.tag import Tag
from push.usecases.job_steps import job_steps
from push.usecases.tasks import VERSION, Task
from push.usecases.work_job import work_job

TAG = "/api/segmentation/tag"


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(250):
        tags = [{"id": ANDROID.id}, {"name": "Club", "value": "Gold"}]
        world.device(who=2 + number % 2, alias=f"a{number}", tags=tags)
    return world


def carrying(world: World) -> int:
    return sum(ANDROID.id in {tag.id for tag in device.tags} for device in world.ports.devices.stored.values())


def job_of(world: World, answer: Any) -> Any:
    assert answer.status_code == 200
    return world.call("GET", f"/api/jobs/{answer.json()['id']}", "manager").json()


def test_a_deleted_tag_is_gone_at_once_and_off_every_device_of_every_app_soon(world: World) -> None:
    answer = world.call("DELETE", f"{TAG}/{ANDROID.id}", "manager")
    assert_problem(world.call("GET", f"{TAG}/{ANDROID.id}"), 404)
    assert (job_of(world, answer)["state"], carrying(world)) == ("running", 250)
    work(world.ports)
    job = job_of(world, answer)
    assert (job["state"], job["done"], carrying(world)) == ("done", 250, 0)
    assert all(len(device.tags) == 1 for device in world.ports.devices.stored.values())
    assert world.ports.audit.kept[-1].action == "delete"


def test_a_device_that_got_the_tag_from_a_process_that_remembered_it_loses_it_too(world: World) -> None:
    world.call("DELETE", f"{TAG}/{ANDROID.id}")
    device = world.ports.devices.stored[2, "a0"]
    world.ports.clock.pass_ms(FORGOTTEN_MS // 2)
    work_before = len(world.ports.tasks.created)
    asyncio.run(world.ports.devices.put_many(2, [device.model_copy(update={"alias": "late", "id": "d" * 24})]))
    work(world.ports)
    assert carrying(world) == 0
    assert len(world.ports.tasks.created) > work_before


@pytest.mark.parametrize("state", [State.SCHEDULED, State.SENDING])
def test_a_tag_that_a_notification_still_goes_by_is_not_deleted(world: World, state: State) -> None:
    schedule = world.schedule(filterTags=[{"id": ANDROID.id}], sendOn=world.ports.clock.now() + 60_000).json()
    run, *rest = world.ports.runs.stored[schedule["id"]]
    world.ports.runs.stored[schedule["id"]] = (run.model_copy(update={"state": state}), *rest)  # type: ignore[assignment]
    before = world.stored()
    assert schedule["id"] in assert_problem(world.call("DELETE", f"{TAG}/{ANDROID.id}"), 409)["detail"]
    assert world.stored() == before


def test_a_notification_that_was_accepted_while_its_tag_was_deleted_still_finds_its_devices(world: World) -> None:
    answer = world.call("DELETE", f"{TAG}/{ANDROID.id}")
    world.ports.tags.stored[ANDROID.id] = ANDROID
    schedule = world.schedule(filterTags=[{"id": ANDROID.id}]).json()
    created = [task for task in world.ports.tasks.created if task.queue == "work"]
    asyncio.run(
        work_job(
            Task(v=VERSION, id=created[0].document, epoch=1), steps=job_steps(world.ports), jobs=world.ports.jobs,
            tasks=world.ports.tasks, clock=world.ports.clock,
        )
    )  # fmt: skip
    assert carrying(world) == 250
    run, *rest = world.ports.runs.stored[schedule["id"]]
    world.ports.runs.stored[schedule["id"]] = (run.model_copy(update={"state": State.SENT}), *rest)  # type: ignore[assignment]
    work(world.ports)
    assert (job_of(world, answer)["state"], carrying(world)) == ("done", 0)


def offer(world: World) -> Any:
    """A template that offers the tag."""
    body = {"name": "Offer", "allows": ["text"], "filterTags": [{"id": ANDROID.id}],
            "payload": {"notification": {"title": "An offer"}}}  # fmt: skip
    return world.post("/api/push/template", body)


def test_a_tag_that_a_template_offers_is_not_deleted(world: World) -> None:
    template = offer(world).json()["id"]
    before = world.stored()
    assert template in assert_problem(world.call("DELETE", f"{TAG}/{ANDROID.id}"), 409)["detail"]
    assert world.stored() == before
    world.call("DELETE", f"/api/push/template/{template}")
    assert world.call("DELETE", f"{TAG}/{ANDROID.id}").status_code == 200


def test_a_template_that_was_stored_while_its_tag_was_deleted_keeps_the_tag(world: World) -> None:
    """It was stored before the tag was gone, and after somebody had looked for templates."""
    answer = world.call("DELETE", f"{TAG}/{ANDROID.id}")
    world.ports.tags.stored[ANDROID.id] = ANDROID
    template = offer(world).json()["id"]
    work(world.ports)
    job = job_of(world, answer)
    assert (job["state"], template in job["error"], carrying(world)) == ("failed", True, 250)
    assert world.call("GET", f"{TAG}/{ANDROID.id}").json()["name"] == ANDROID.name


class RemembersDeleted(FakeTags):
    """As a process that has seen the tag within the last minute."""

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        return {ANDROID.id: ANDROID} if ANDROID.id in ids else {}


def test_a_template_that_was_stored_after_its_tag_was_deleted_is_withdrawn(world: World) -> None:
    kept = offer(world).json()
    copied = f"/api/push/template/{kept['id']}/duplicate"
    plain = world.post("/api/push/template", {k: v for k, v in kept.items() if k not in ("id", "filterTags")}).json()
    world.ports.tags = RemembersDeleted()
    before = world.ports.templates.stored[plain["id"]][0]
    assert ANDROID.id in assert_problem(offer(world), 422, "/filterTags")["detail"]
    assert_problem(world.call("POST", copied), 422, "/filterTags")
    body = plain | {"filterTags": [{"id": ANDROID.id}]}
    assert_problem(world.call("PUT", f"/api/push/template/{plain['id']}", json=body), 422, "/filterTags")
    assert set(world.ports.templates.stored) == {kept["id"], plain["id"]}
    after = world.ports.templates.stored[plain["id"]][0]
    assert after.model_copy(update={"revision": before.revision}) == before


def test_a_second_deletion_answers_the_same_job(world: World) -> None:
    first = world.call("DELETE", f"{TAG}/{ANDROID.id}").json()
    assert world.call("DELETE", f"{TAG}/{ANDROID.id}").json() == first
    work(world.ports)
    assert_problem(world.call("DELETE", f"{TAG}/{ANDROID.id}"), 404)


def test_a_tag_is_not_made_anew_while_devices_still_carry_the_old_one(world: World) -> None:
    made = world.post(TAG, {"name": "Team", "value": "Red"}).json()
    job = world.call("DELETE", f"{TAG}/{made['id']}").json()
    assert job["id"] in assert_problem(world.post(TAG, {"name": "Team", "value": "Red"}), 409)["detail"]
    work(world.ports)
    assert world.post(TAG, {"name": "Team", "value": "Red"}).json() == made


def test_what_every_installation_has_is_not_deleted(world: World) -> None:
    assert_problem(world.call("DELETE", f"{TAG}/000000000000000000000308"), 409)
    assert_problem(world.call("GET", f"/api/jobs/{'f' * 24}"), 404)
