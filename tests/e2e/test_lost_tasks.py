"""Cloud Tasks loses everything that it held; sweep brings all of it back, once.

Nobody waits for the minutes after which sweep takes something for lost: what is stored is made that much older.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from e2e.callers import PATIENCE_S, Caller, put_devices, wait_for
from fakes.made import DAY_MS, device
from infra.local.environment import AUDIENCE, invoker
from infra.local.identity import load_or_create
from infra.local.setup import queues
from infra.local.supervisor import Stack
from push.bootstrap import Container
from push.settings import Settings

APP, PROJECT, PHONES = 62, "lost-tasks", 3_000
ONE_APP, ONE_PROJECT = 63, "lost-tasks-too"


@pytest.fixture(scope="module", autouse=True)
def audience(stack: Stack) -> None:
    put_devices(stack, APP, [device(n, f"lost-{n}", alias=f"lost-{n}", app=APP) for n in range(PHONES)], PROJECT)
    put_devices(stack, ONE_APP, [device(1, "lonely", alias="lonely", app=ONE_APP)], ONE_PROJECT)


@pytest.fixture
def database(stack: Stack) -> Iterator[Callable[[Callable[[Any], Awaitable[Any]]], Any]]:
    """Does something with the client of the stack's Firestore."""

    def use(work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def whole() -> Any:
            ports = Container(Settings.from_environment(stack.env))
            try:
                return await work(ports._database.client)
            finally:
                await ports.close()

        return asyncio.run(whole())

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", stack.firestore)
        yield use


Use = Callable[[Callable[[Any], Awaitable[Any]]], Any]


def shards_of(use: Use, run: str) -> dict[str, dict[str, Any]]:
    async def read(client: Any) -> dict[str, Any]:
        return {each.id: each.to_dict() async for each in client.collection(f"runs/{run}/shards").stream()}

    found: dict[str, dict[str, Any]] = use(read)
    return found


def make_older(use: Use, run: str, by_ms: int) -> None:
    """As if that much time had passed since, for a run, its shards, which nobody works on, and its project's pause."""

    async def change(client: Any) -> None:
        by = timedelta(milliseconds=by_ms)
        found = [each async for each in client.collection(f"runs/{run}/shards").stream()]
        itself = await client.document(f"runs/{run}").get()
        pace = await client.document(f"pace/{itself.get('firebaseProject')}").get()
        # The run last: with it sweep looks.
        for snapshot in (*found, *([pace] if pace.exists else []), itself):
            times = {
                name: value - by
                for name, value in snapshot.to_dict().items()
                if isinstance(value, datetime) and name != "expireAt" and value.year > 1970
            }
            await snapshot.reference.update(times)

    use(change)


def lose_all_tasks(stack: Stack) -> None:
    """The emulator dies, and starts with an empty file; its queues are made anew, as Terraform would."""
    pids = stack.part_pids("tasks")
    for file in stack.plan.state.glob("tasks.sqlite*"):
        file.unlink()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while stack.part_pids("tasks")[:1] in ([], pids[:1]) or not answers(f"{stack.tasks_control}/health"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    where = {part.name: httpx.URL(part.where).port or 0 for part in stack.plan.parts if part.where.startswith("http")}
    ports = {"send": where["send"], "deliver": where["deliver"], "urgent": where["deliver"], "work": where["work"]}
    asyncio.run(queues(Settings.from_environment(stack.env), f"{stack.tasks_control}/health", ports))


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def test_all_that_is_pending_is_sent_once_though_cloud_tasks_lost_everything(
    caller: Caller, stack: Stack, database: Use
) -> None:
    now = int(time.time() * 1_000)
    throttled = {"prefix": "lost-", "error": "QUOTA_EXCEEDED", "retryAfter": 20, "times": 40}
    caller.behave(rules=[throttled, {"prefix": "lost-", "delayMs": 300}])
    far, farther = (
        caller.post(appId=ONE_APP, aliases=["lonely"], name=f"In {days} days", sendOn=now + days * DAY_MS)["id"]
        for days in (20, 40)
    )
    everybody = caller.post(appId=APP, name="Everybody", aliases=[f"lost-{n}" for n in range(PHONES)])["id"]

    def some_wait_and_nobody_works() -> bool:
        shards = shards_of(database, everybody).values()
        waiting = {each["planned"] for each in shards if not each["done"]}
        return waiting == {True, False} and all(each["worker"] is None for each in shards)

    # Put off until the project's pause is over: what was not begun, and whom FCM did not take.
    wait_for(some_wait_and_nobody_works)
    soon = caller.post(appId=ONE_APP, aliases=["lonely"], name="Soon", sendOn=int(time.time() * 1_000) + 20_000)["id"]
    assert 0 < caller.fcm.get("/inbox/counts", params={"scheduleId": everybody}).json()["accepted"] < PHONES

    lose_all_tasks(stack)
    make_older(database, everybody, 120_000)
    make_older(database, soon, 51_000)
    make_older(database, far, 20 * DAY_MS + 31_000)
    make_older(database, farther, 40 * DAY_MS)

    done = caller.sent(everybody)
    assert (done["state"], done["counts"]["accepted"], done["counts"]["targeted"]) == ("sent", PHONES, PHONES)
    assert caller.received(everybody) == {f"lost-{n}": 1 for n in range(PHONES)}
    for schedule in (soon, far, farther):
        assert caller.sent(schedule)["state"] == "sent"
        assert caller.received(schedule) == {"lonely": 1}

    async def epochs(client: Any) -> list[int]:
        return [(await client.document(f"runs/{id}").get()).get("epoch") for id in (everybody, soon, far, farther)]

    # Each was armed anew once.
    assert database(epochs) == [2, 2, 2, 2]


def test_a_dry_run_by_hand_is_for_the_deployments_own_invoker(caller: Caller, stack: Stack) -> None:
    url = next(part.where for part in stack.plan.parts if part.name == "sweep")
    signer = load_or_create(stack.plan.state / "identity.json")
    token = signer.id_token(AUDIENCE, invoker(stack.project), time.time())
    own = {"Authorization": f"Bearer {token}"}
    for headers in ({}, caller.server):
        assert httpx.post(url, params={"dryRun": "true"}, headers=headers).status_code == 401
    refused = httpx.post(url, params={"dryRun": "yes"}, headers=own)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    said = httpx.post(url, params={"dryRun": "true"}, headers=own)
    assert (said.status_code, said.json()["dryRun"], said.json()["more"]) == (200, True, False)
