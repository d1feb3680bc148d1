"""An app's secret ships in every copy of it: what one address makes with it has limits."""

from typing import Any

import pytest

from fakes.world import World, assert_problem
from push.domain.app import Limits
from push.domain.limits import DEVICES_AN_ADDRESS, HOUR_MS, TAGS_AN_ADDRESS


@pytest.fixture
def world() -> World:
    return World()


def fill(world: World, what: str, left: int, address: str = "127.0.0.1", app: int = 2) -> None:
    hour = world.ports.clock.now() // HOUR_MS
    limit = DEVICES_AN_ADDRESS if what == "new devices" else TAGS_AN_ADDRESS
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


def limited(world: World, **own: int) -> None:
    world.ports.apps.stored[2] = world.ports.apps.stored[2].model_copy(update={"limits": Limits(**own)})


def from_(world: World, address: str, **body: Any) -> Any:
    return world.post("/api/segmentation/appuser", body, 2, headers={"X-Forwarded-For": address})


def tags(*values: str) -> list[Any]:
    return [{"name": "n", "value": value} for value in values]


def test_an_apps_own_number_for_each_address_takes_the_place_of_the_default(world: World) -> None:
    limited(world, new_devices_per_address_per_hour=2)
    assert [from_(world, "192.0.2.1").status_code for _ in range(3)] == [201, 201, 429]
    assert from_(world, "192.0.2.2").status_code == 201
    limited(world, new_devices_per_address_per_hour=5_000)
    fill(world, "new devices", 0, "192.0.2.3")
    assert from_(world, "192.0.2.3").status_code == 201


def test_a_whole_app_takes_no_more_devices_an_hour_than_it_wants_from_however_many_addresses(world: World) -> None:
    limited(world, new_devices_per_hour=3)
    known, *_ = [from_(world, f"192.0.2.{number}").json() for number in range(3)]
    refused = from_(world, "192.0.2.9")
    assert "3 new devices an hour in the whole app" in assert_problem(refused, 429)["detail"]
    assert 0 < int(refused.headers["retry-after"]) <= 3_600
    assert from_(world, "192.0.2.9", id=known["id"]).status_code == 200
    assert world.device(who=3).status_code == 201
    assert world.device(who="manager", appId=2).status_code == 201
    world.ports.clock.pass_ms(HOUR_MS)
    assert from_(world, "192.0.2.9").status_code == 201


def test_a_whole_app_makes_no_more_new_tags_an_hour_than_it_wants(world: World) -> None:
    limited(world, new_tags_per_hour=2)
    device = from_(world, "192.0.2.1", tags=tags("1", "2")).json()
    assert_problem(from_(world, "192.0.2.2", tags=tags("3")), 429)
    path = f"/api/segmentation/appuser/{device['id']}"
    assert_problem(world.call("PUT", path, 2, json={"tags": tags("3")}), 429)
    assert from_(world, "192.0.2.2", tags=tags("1")).status_code == 201
    fill(world, "new tags", 0)
    limited(world, new_tags_per_hour=1_000)
    assert world.device(tags=tags("4")).status_code == 201


def test_a_device_carries_no_more_tags_than_its_app_wants(world: World) -> None:
    limited(world, tags_per_device=2)
    before = world.stored()
    assert_problem(world.device(tags=tags("1", "2", "3")), 422, "/tags")
    assert world.stored() == before
    device = world.device(tags=[*tags("1", "2"), *tags("1")]).json()
    path = f"/api/segmentation/appuser/{device['id']}"
    assert_problem(world.call("PUT", path, 2, json={"tags": tags("1", "2", "3")}), 422, "/tags")
    assert world.call("PUT", path, 2, json={}).status_code == 200
    assert world.call("PUT", f"{path}?appId=2", "manager", json={"tags": tags("1", "2", "3")}).status_code == 200
