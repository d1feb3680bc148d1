"""An app's secret ships in every copy of it: what one address makes with it has limits (design §8)."""

from typing import Any

import pytest

from fakes.world import World, assert_problem
from push.domain.limits import HOUR_MS, Limits

LIMITS = Limits()


@pytest.fixture
def world() -> World:
    return World()


def fill(world: World, what: str, left: int, address: str = "127.0.0.1", app: int = 2) -> None:
    hour = world.ports.clock.now() // HOUR_MS
    limit = LIMITS.devices if what == "new devices" else LIMITS.tags
    world.ports.spent.used[f"{app}|{what}|{hour}|{address}"] = limit - left


def test_devices_beyond_the_limit_are_refused_until_the_hour_is_over(world: World) -> None:
    fill(world, "new devices", 1)
    first = world.device(alias="a").json()
    before = world.stored()
    refused = world.device(alias="b")
    assert_problem(refused, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 3_600
    assert world.stored() == before
    assert world.device(id=first["id"]).status_code == 200
    world.ports.clock.pass_ms(int(refused.headers["retry-after"]) * 1_000)
    assert world.device(alias="b").status_code == 201


def test_one_address_does_not_use_up_what_others_may(world: World) -> None:
    fill(world, "new devices", 0)
    forwarded = {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}
    assert world.post("/api/segmentation/appuser", {}, 2, headers=forwarded).status_code == 201
    assert world.device(who=3).status_code == 201
    assert world.device(who="manager", appId=2).status_code == 201
    fill(world, "new devices", 0, "192.0.2.7")
    assert_problem(world.post("/api/segmentation/appuser", {}, 2, headers=forwarded), 429)


def test_new_tags_beyond_the_limit_are_refused_and_known_ones_are_not(world: World) -> None:
    known = {"name": "Platform Name", "value": "ios"}
    device = world.device(tags=[known]).json()
    fill(world, "new tags", 1)
    two: list[Any] = [{"name": "n", "value": "1"}, {"name": "n", "value": "2"}]
    before = world.stored()
    assert_problem(world.device(tags=two), 429)
    put = f"/api/segmentation/appuser/{device['id']}"
    assert_problem(world.call("PUT", put, 2, json={"tags": two}), 429)
    assert world.stored() == before
    assert world.call("PUT", put, 2, json={"tags": [known, two[0]]}).status_code == 200
    assert world.device(tags=[known, two[0]]).status_code == 201
    assert_problem(world.device(tags=[two[1]]), 429)
