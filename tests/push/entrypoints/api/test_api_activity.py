"""Receipts, opens and dismissals as HALO's SDKs report them."""

import asyncio
from typing import Any

import httpx
import pytest

from fakes.world import World, assert_problem
from push.domain.activity import Action
from push.domain.app import ReceiptMode, Receipts
from push.usecases.report_activity import Intake

PATH = "/api/push/schedule/activity"
SCHEDULE = "5" * 24


@pytest.fixture
def world() -> World:
    world = World()
    world.add_reported(SCHEDULE, "alias1")
    return world


def said(**more: Any) -> dict[str, str]:
    return {"device": "alias1", "schedule": SCHEDULE, "action": "receipt", "platform": "android"} | more


def moments(world: World) -> list[Action]:
    return [action for _, _, action in world.ports.activity.moments]


@pytest.mark.parametrize("path", [PATH, "//api//push/schedule/activity/", "/push/schedule/activity"])
@pytest.mark.parametrize("how", ["json", "data"])
def test_both_sdks_get_the_four_fields_they_sent_and_nothing_else(world: World, path: str, how: str) -> None:
    body: Any = said(action="open")
    answer = world.call("POST", path, 2, **{how: body})
    assert (answer.status_code, answer.json()) == (200, body)
    assert moments(world) == [Action.OPEN]


def test_a_device_counts_once_for_each_action_in_any_order(world: World) -> None:
    for action in ("dismiss", "open", "receipt", "open", "receipt"):
        assert world.post(PATH, said(action=action), 2).status_code == 200
    assert sorted(moments(world)) == sorted(Action)


def test_an_open_says_nothing_of_a_receipt(world: World) -> None:
    world.post(PATH, said(action="open"), 2)
    assert moments(world) == [Action.OPEN]


def test_an_unknown_schedule_or_alias_is_404(world: World) -> None:
    for wrong in (said(schedule="6" * 24), said(schedule="no/such"), said(device="alias2")):
        assert_problem(world.post(PATH, wrong, 2), 404)
    assert moments(world) == []


def test_an_app_reports_of_its_own_schedules_only(world: World) -> None:
    assert_problem(world.post(PATH, said(), 3), 404)
    assert moments(world) == []


def test_a_server_may_report_for_its_phones(world: World) -> None:
    assert world.post(PATH, said(), "manager").status_code == 200
    assert_problem(world.post(PATH, said(), "editor"), 403)


def test_fields_that_an_sdk_adds_are_ignored_and_wrong_ones_named(world: World) -> None:
    assert world.post(PATH, said(extra=1), 2).json() == said()
    assert world.post(PATH, said(platform=None), 2).json() == said(platform="")
    assert_problem(world.post(PATH, said(action="seen"), 2), 422, "/action")
    assert_problem(world.post(PATH, {"action": "open"}, 2), 422, "/device", "/schedule")
    assert_problem(world.post(PATH, said(device="x" * 2_000), 2), 422, "/device")
    assert_problem(world.call("POST", PATH, 2, content=b"x", headers={"Content-Type": "text/plain"}), 415)


def test_nothing_is_answered_before_it_is_stored(world: World) -> None:
    world.ports.activity.broken = True
    assert_problem(world.post(PATH, said(), 2), 503)
    world.ports.activity.broken = False
    assert world.post(PATH, said(), 2).status_code == 200


def test_over_capacity_a_phone_is_told_when_to_come_again() -> None:
    world = World(intake=Intake(calls=1, size=1, waiting=0))
    world.add_reported(SCHEDULE, "alias1")
    answer = world.post(PATH, said(), 2)
    assert_problem(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1


def test_a_thousand_phones_at_once_are_a_few_calls_to_the_store(world: World) -> None:
    for number in range(200):
        world.add_reported(SCHEDULE, f"phone-{number}")
    headers = {"Authorization": f"Bearer {world.token(2)}"}

    async def play() -> None:
        transport = httpx.ASGITransport(world.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://halo") as client:
            calls = [client.post(PATH, json=said(device=f"phone-{n % 200}"), headers=headers) for n in range(1_000)]
            assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}

    asyncio.run(play())
    assert len(world.ports.activity.moments) == 200
    assert len(world.ports.activity.calls) < 200


def keep(world: World, mode: ReceiptMode, rate: float = 1.0) -> None:
    """As if the schedule had been accepted while its app wanted this."""
    runs = world.ports.runs
    receipts = Receipts(mode=mode, rate=rate)
    runs.schedules[SCHEDULE] = runs.schedules[SCHEDULE].model_copy(update={"receipts": receipts})


def test_receipts_that_are_off_are_answered_like_all_others_and_not_kept(world: World) -> None:
    keep(world, ReceiptMode.OFF)
    for action in ("receipt", "open", "dismiss"):
        assert world.post(PATH, said(action=action), 2).json() == said(action=action)
    assert sorted(moments(world)) == [Action.DISMISS, Action.OPEN]
    assert_problem(world.post(PATH, said(device="alias2"), 2), 404)


def test_of_sampled_receipts_a_share_is_kept_and_opens_always_are(world: World) -> None:
    keep(world, ReceiptMode.SAMPLED, 0.5)
    receipts = world.ports.runs.schedules[SCHEDULE].receipts
    ids = {f"phone-{number}": world.add_reported(SCHEDULE, f"phone-{number}") for number in range(40)}
    keep(world, ReceiptMode.SAMPLED, 0.5)
    for alias in ids:
        for action in ("receipt", "receipt", "open"):
            assert world.post(PATH, said(device=alias, action=action), 2).status_code == 200
    assert moments(world).count(Action.OPEN) == len(ids)
    asked = {id_ for id_ in ids.values() if receipts.keeps(SCHEDULE, id_)}
    assert {id_ for _, id_, action in world.ports.activity.moments if action is Action.RECEIPT} == asked
    assert 0 < len(asked) < len(ids)


def test_what_an_app_wants_holds_for_what_is_accepted_from_then_on(world: World) -> None:
    def receipts(id: str) -> ReceiptMode:
        return world.ports.runs.schedules[id].receipts.mode

    before = world.schedule().json()["id"]
    draft = world.schedule(draft=True).json()["id"]
    world.call("PUT", "/api/core/app/2", json={"receipts": {"mode": "off"}})
    after = world.schedule().json()["id"]
    world.post(f"/api/push/schedule/{draft}/send", None)
    assert [receipts(id_) for id_ in (before, draft, after)] == [ReceiptMode.ALL, ReceiptMode.OFF, ReceiptMode.OFF]
