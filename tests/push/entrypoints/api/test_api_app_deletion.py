"""An app is deleted: at once where nobody uses it, else by force, and then its devices go in the background."""

import asyncio
from typing import Any

import httpx
import pytest

from fakes import made
from fakes.working import work
from fakes.world import ANN, SECRET, World, app, assert_problem
from push.domain.account import Caller
from push.domain.app import Client
from push.domain.job import FORGOTTEN_MS
from push.domain.schedule import State
from push.usecases.clear_app import REASON

APP = "/api/core/app/2"
FORCED = f"{APP}?force=true"


@pytest.fixture
def world() -> World:
    world = World()
    world.ports.users.stored.clear()
    for number in range(700):
        world.ports.devices.stored[2, f"a{number}"] = made.device(number, app=2, alias=f"a{number}")
    world.device(who=3, alias="another app's")
    return world


def token(world: World) -> httpx.Response:
    grant = {"grant_type": "client_credentials", "client_id": "client-2", "client_secret": SECRET}
    return world.post("/api/oauth/token", grant, None)


def job_of(world: World, answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return world.call("GET", f"/api/jobs/{answer.json()['job']}").json()


def test_an_app_with_devices_is_not_deleted_unless_that_is_forced(world: World) -> None:
    before = world.stored()
    for path in (APP, f"{APP}?force=false"):
        assert "force=true" in assert_problem(world.call("DELETE", path), 409)["detail"]
    assert_problem(world.call("DELETE", f"{APP}?force=maybe"), 422, "/force")
    assert world.stored() == before


def test_an_app_with_users_is_not_deleted_unless_that_is_forced(world: World) -> None:
    world.ports.devices.stored.clear()
    world.ports.users.stored[2, ANN.id] = ANN
    assert "identified user" in assert_problem(world.call("DELETE", APP), 409)["detail"]


def test_an_app_without_devices_is_gone_at_once_and_its_client_knows_no_door_any_more(world: World) -> None:
    world.ports.devices.stored.clear()
    answer = world.call("DELETE", APP).json()
    assert (answer["name"], answer["job"]) == ("App 2", None)
    assert_problem(world.call("GET", APP), 404)
    assert token(world).status_code == 401


def test_by_force_its_devices_go_and_then_the_app_and_nobody_elses(world: World) -> None:
    answer = world.call("DELETE", FORCED)
    assert job_of(world, answer)["state"] == "running"
    assert world.call("GET", APP).json()["deleting"] == answer.json()["job"]
    work(world.ports)
    job = job_of(world, answer)
    assert (job["kind"], job["state"], job["done"]) == ("delete-app", "done", 700)
    assert_problem(world.call("GET", APP), 404)
    assert [app for app, _ in world.ports.devices.stored] == [3]
    deletions = [c for c in world.ports.audit.kept if c.action == "delete"]
    assert [(c.actor, c.resource, c.resource_id, c.app) for c in deletions] == [("admin", "app", "2", 2)]


def test_from_that_moment_it_takes_nothing_new(world: World) -> None:
    app_token = world.token(2)
    refresh = token(world).json()["refresh_token"]
    draft = world.schedule(draft=True).json()["id"]
    kept = world.ports.devices.stored[2, "a1"].id
    world.call("DELETE", FORCED)
    before = world.stored()
    assert token(world).status_code == 401
    assert world.post("/api/oauth/token", {"grant_type": "refresh_token", "refresh_token": refresh}, None).is_error
    headers = {"Authorization": f"Bearer {app_token}"}
    assert_problem(world.call("POST", "/api/segmentation/appuser", None, json={}, headers=headers), 404)
    assert_problem(world.device(who="manager", appId=2), 404)
    assert_problem(world.call("PUT", f"/api/segmentation/appuser/{kept}", None, json={}, headers=headers), 404)
    assert_problem(world.schedule(), 404)
    for method, path in (("POST", f"{draft}/send"), ("PUT", draft)):
        body = {"appId": 2, "name": "Autumn"}
        assert_problem(world.call(method, f"/api/push/schedule/{path}", json=body), 409)
    assert_problem(world.call("PUT", APP, json={"name": "Another"}), 409)
    assert_problem(world.call("POST", f"{APP}/secret"), 409)
    assert world.stored() == before


def test_what_waits_or_is_being_sent_is_called_off_and_its_aliases_are_forgotten(world: World) -> None:
    later = world.schedule(aliases=["a1"], sendOn=world.ports.clock.now() + 60_000).json()["id"]
    sending = world.schedule(aliases=["a2"]).json()["id"]
    done = world.schedule(aliases=["a3"]).json()["id"]
    runs = world.ports.runs
    for id_, state in ((sending, State.SENDING), (done, State.SENT)):
        run, *rest = runs.stored[id_]
        runs.stored[id_] = (run.model_copy(update={"state": state}), *rest)  # type: ignore[assignment]
    world.call("DELETE", FORCED)
    work(world.ports)
    assert [(runs.stored[id_][0].state, runs.stored[id_][0].reason) for id_ in (later, sending, done)] == [
        (State.CANCELLED, REASON), (State.CANCELLED, REASON), (State.SENT, None),
    ]  # fmt: skip
    assert runs.lists == {}
    assert world.call("GET", f"/api/push/schedule/{done}/results").status_code == 200


def test_a_device_and_a_notification_that_were_on_their_way_do_not_survive(world: World) -> None:
    answer = world.call("DELETE", FORCED)
    late = made.device(9_999, app=2, alias="late")

    async def slip_in() -> None:
        await world.ports.devices.put_many(2, [late])
        await world.ports.runs.accept(made.schedule("5" * 24, app=2), made.run("5" * 24, app=2), [])

    started, waits = world.ports.clock.time, world.ports.tasks.work

    async def slipping(job: str, epoch: int, at: int | None) -> None:
        if at is not None:
            await slip_in()
            world.ports.tasks.work = waits  # type: ignore[method-assign]
        await waits(job, epoch, at)

    world.ports.tasks.work = slipping  # type: ignore[method-assign]
    work(world.ports)
    assert world.ports.clock.time >= started + FORGOTTEN_MS
    assert (job_of(world, answer)["done"], len(world.ports.devices.of(2))) == (701, 0)
    assert world.ports.runs.stored["5" * 24][0].state is State.CANCELLED


def test_asking_again_answers_the_same_job_with_and_without_force(world: World) -> None:
    first = world.call("DELETE", FORCED).json()["job"]
    assert world.call("DELETE", FORCED).json()["job"] == first
    assert world.call("DELETE", APP).json()["job"] == first
    assert len([change for change in world.ports.audit.kept if change.action == "delete"]) == 1
    work(world.ports)
    assert_problem(world.call("DELETE", FORCED), 404)


def test_its_id_may_be_used_again_afterwards_and_an_old_job_leaves_the_new_app_alone(world: World) -> None:
    world.call("DELETE", FORCED)
    assert_problem(world.post("/api/core/app", {"id": 2, "name": "New", "firebaseProject": "wines"}), 409)
    asyncio.run(world.ports.apps.delete(2))
    world.ports.clock.pass_ms(1)
    assert world.post("/api/core/app", {"id": 2, "name": "New", "firebaseProject": "wines"}).status_code == 201
    work(world.ports)
    assert (len(world.ports.devices.of(2)), world.ports.apps.stored[2].name) == (700, "New")


def test_an_access_token_of_a_deleted_app_is_none_of_the_next_one_with_its_id(world: World) -> None:
    """It lives for a day, and an id may be used again at once."""
    token = {"Authorization": f"Bearer {world.token(2)}"}
    assert world.post("/api/segmentation/appuser", {}, None, headers=token).status_code == 201
    world.ports.apps.stored[2] = app(2).model_copy(update={"clients": (Client(id="another", secrets=()),)})
    assert_problem(world.post("/api/segmentation/appuser", {}, None, headers=token), 401)


def test_a_client_that_was_made_just_now_is_known_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def recall(_: int) -> Any:
        return app(2).model_copy(update={"clients": ()})

    monkeypatch.setattr(world.ports.apps, "recall", recall)
    assert world.device().status_code == 201


def test_its_users_get_no_new_tokens_from_that_moment(world: World) -> None:
    world.ports.users.stored[2, ANN.id] = ANN
    refresh = world.ports.tokens.issue(Caller(subject=ANN.id, app=2, user=ANN.id), world.ports.clock.now()).refresh
    world.ports.apps.stored[2] = app(2, deleting="a job")
    said = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert "user is gone" in assert_problem(world.post("/api/oauth/token", said, None), 401)["detail"]
