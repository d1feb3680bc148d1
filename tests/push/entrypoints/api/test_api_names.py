"""What people call things: on one line, and never blank."""

from typing import Any

import pytest

from fakes.world import World, assert_problem

NAMED: dict[str, dict[str, Any]] = {
    "/api/push/schedule": {"appId": 2},
    "/api/push/template": {"allows": ["text"]},
    "/api/core/app": {"firebaseProject": "wines-1"},
    "/api/core/role": {"rights": ["tags"]},
    "/api/segmentation/tag": {},
    "/api/core/user": {"password": "long enough for anybody", "role": "editor"},
}


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "\x1b[2Ja", "a\x7f", "a\x85b", "\0", "", " ", "\u2003"])
@pytest.mark.parametrize("path", NAMED)
def test_a_name_with_control_characters_or_with_nothing_in_it_is_refused(path: str, name: str) -> None:
    world = World()
    field = "username" if path.endswith("user") else "name"
    before = world.stored()
    assert_problem(world.post(path, NAMED[path] | {field: name}), 422, f"/{field}")
    assert world.stored() == before


@pytest.mark.parametrize("value", ["a\nb", "\0"])
def test_so_is_a_value_of_a_tag(value: str) -> None:
    assert_problem(World().post("/api/segmentation/tag", {"name": "Club", "value": value}), 422, "/value")


@pytest.mark.parametrize("name", ["Vinos de otoño", "葡萄酒", "🍷 \u200d", "O'Neill & Søn: 100%", "x" * 200])
def test_any_other_name_is_well(name: str) -> None:
    assert World().schedule(name=name).json()["name"] == name
