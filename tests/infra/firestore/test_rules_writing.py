"""Who writes what without the functions: what ingest accepts from operators, and nothing else."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from push.domain.account import Right

# The roles are those of test_rules_reading.py.
TABLE = """
                            admin  manager  editor  analyst  tagger  gone  unclaimed  anonymous  nobody
schedules/new               cud    cud      cud     -        -       -     -          -          -
templates/new               cud    cud      -       -        -       -     -          -          -
tags/new                    cud    cud      -       -        cud     -     -          -          -
pace/new                    cu     -        -       -        -       -     -          -          -
apps/1                      -      -        -       -        -       -     -          -          -
apps/1/devices/new          -      -        -       -        -       -     -          -          -
apps/1/targets/new          -      -        -       -        -       -     -          -          -
runs/new                    -      -        -       -        -       -     -          -          -
runs/sent/shards/0          -      -        -       -        -       -     -          -          -
runs/sent/lists/0           -      -        -       -        -       -     -          -          -
runs/sent/failures/new      -      -        -       -        -       -     -          -          -
runs/sent/activity/new      -      -        -       -        -       -     -          -          -
runs/sent/rollups/activity  -      -        -       -        -       -     -          -          -
stats/1-2026-11-23          -      -        -       -        -       -     -          -          -
jobs/new                    -      -        -       -        -       -     -          -          -
roles/new                   -      -        -       -        -       -     -          -          -
accounts/new                -      -        -       -        -       -     -          -          -
users/new                   -      -        -       -        -       -     -          -          -
logins/new                  -      -        -       -        -       -     -          -          -
tokens/new                  -      -        -       -        -       -     -          -          -
attempts/new                -      -        -       -        -       -     -          -          -
limits/new                  -      -        -       -        -       -     -          -          -
idempotency/new             -      -        -       -        -       -     -          -          -
audit/new                   -      -        -       -        -       -     -          -          -
unheard-of/new              -      -        -       -        -       -     -          -          -
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
# The least that can be asked for; of what nobody may write, something.
ASKED: dict[str, dict[str, Any]] = {
    "schedules": {"appId": 1, "name": "Autumn wines"},
    "templates": {"name": "Wines"},
    "tags": {"name": "City", "value": "Porto"},
    "pace": {"quotaPerMinute": 1_000},
}
SOMETHING = {"name": "anything"}
_NUMBERS = count()
SOON = datetime(2030, 1, 1, tzinfo=UTC)


def fresh(collection: str) -> str:
    return f"{collection}/n{next(_NUMBERS)}"


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_role_creates_updates_and_deletes_what_the_table_says(rules: Any, row: list[str]) -> None:
    path, *expected = row
    collection, _, _ = path.rpartition("/")
    fields = ASKED.get(collection, SOMETHING)
    found: dict[str, str] = {}
    new = stored = ""
    for who in HEAD:
        if new == "" or found[HEAD[len(found) - 1]] != "-":
            # The one before left nothing as it was.
            new, stored = fresh(collection), fresh(collection)
            rules.store(stored, fields)
        calls = {
            "c": rules.create(who, new, fields),
            "u": rules.update(who, stored, fields),
            "d": rules.delete(who, stored),
        }
        found[who] = "".join(letter for letter, done in calls.items() if done) or "-"
    assert found == dict(zip(HEAD, expected, strict=True))


RIGHTS = {
    "schedules": Right.NOTIFICATIONS,
    "templates": Right.TEMPLATES,
    "tags": Right.TAGS,
    "pace": Right.APPS,
}


@pytest.mark.parametrize("collection", RIGHTS)
def test_one_right_alone_writes_a_thing(rules: Any, collection: str) -> None:
    able = {right for right in Right if rules.create(f"only-{right}", fresh(collection), ASKED[collection])}
    assert able == {RIGHTS[collection]}


@pytest.mark.parametrize("id", ["a", "A_b-9", "x" * 64])
@pytest.mark.parametrize("collection", ["schedules", "templates", "tags"])
def test_an_id_that_the_api_could_ask_for_is_taken(rules: Any, collection: str, id: str) -> None:
    rules.delete("owner", f"{collection}/{id}")
    assert rules.create("admin", f"{collection}/{id}", ASKED[collection])


@pytest.mark.parametrize("id", ["_a", "a.b", "ü", "x" * 65])
@pytest.mark.parametrize("collection", ["schedules", "templates", "tags"])
def test_an_id_that_the_api_could_not_ask_for_is_not(rules: Any, collection: str, id: str) -> None:
    assert not rules.create("admin", f"{collection}/{id}", ASKED[collection])


Field = tuple[str, list[Any], list[Any]]
TEMPLATE_FIELDS: list[Field] = [
    ("name", ["N", "n" * 200], [None, "", "  ", 5, "n" * 201]),
    ("silent", [None, True], ["yes"]),
    ("allows", [None, [], ["text"] * 20], ["text", ["text"] * 21]),
    ("filterTags", [None, [{"id": "a"}] * 100], [{"id": "a"}, [{"id": "a"}] * 101]),
    ("payload", [None, {}, {"notification": {}, "data": {}}], ["text", {"other": 1}]),
]
TAG_FIELDS: list[Field] = [
    ("name", ["N", "n" * 128], [None, "", "n" * 129, 5]),
    ("value", [None, "", "v" * 256], [7, "v" * 257]),
    ("description", [None, "d" * 1_000], [7, "d" * 1_001]),
    ("tagType", [None, *(f"{n:024}" for n in range(1, 5))], ["", f"{5:024}", 1]),
]
PACE_FIELDS: list[Field] = [
    ("quotaPerMinute", [None, 1, 600_000], [0, 1.5, "many"]),
    ("urgentReserve", [None, 0, 0.9], [-0.1, 0.91, "some"]),
    ("notBefore", [None, SOON, 0], ["soon", -1]),
]
CASES = [
    (collection, name, value, good)
    for collection, table in (("templates", TEMPLATE_FIELDS), ("tags", TAG_FIELDS), ("pace", PACE_FIELDS))
    for name, taken, refused in table
    for good, values in ((True, taken), (False, refused))
    for value in values
]


@pytest.mark.parametrize(("collection", "name", "value", "good"), CASES)
def test_a_field_is_of_its_type_and_no_larger_than_in_the_api(
    rules: Any, collection: str, name: str, value: Any, good: bool
) -> None:
    assert rules.create("admin", fresh(collection), ASKED[collection] | {name: value}) is good
    stored = fresh(collection)
    rules.store(stored, ASKED[collection])
    assert rules.update("admin", stored, {name: value}) is good


@pytest.mark.parametrize(
    "field", ["v", "id", "createdBy", "revision", "nameKey", "problem", "notice", "accepted", "state"]
)
@pytest.mark.parametrize("collection", ["templates", "tags", "pace"])
def test_what_the_engine_writes_is_not_an_operators_to_write(rules: Any, collection: str, field: str) -> None:
    assert not rules.create("admin", fresh(collection), ASKED[collection] | {field: 1})
    stored = fresh(collection)
    rules.store(stored, ASKED[collection] | {field: 2})
    assert not rules.update("admin", stored, {field: 1})
    assert not rules.update("admin", stored, {}, without=[field])


@pytest.fixture
def accepted_tag(rules: Any) -> str:
    path = fresh("tags")
    rules.store(path, {"v": 1, "name": "City", "value": "Porto", "tagType": f"{2:024}", "description": ""})
    return path


def test_of_an_accepted_tag_only_the_description_changes(rules: Any, accepted_tag: str) -> None:
    assert rules.update("tagger", accepted_tag, {"description": "where they live"})
    assert not rules.update("tagger", accepted_tag, {"name": "Town"})
    assert not rules.update("tagger", accepted_tag, {"value": "Lisbon"})
    assert not rules.update("tagger", accepted_tag, {"tagType": f"{1:024}"})


def test_an_accepted_template_keeps_what_the_engine_wrote(rules: Any) -> None:
    path = fresh("templates")
    rules.store(path, {"v": 1, "name": "Wines", "createdBy": "user:1", "revision": 3})
    assert rules.update("manager", path, {"name": "Autumn wines"})
    assert not rules.update("manager", path, {"name": "Winter wines", "revision": 4})


@pytest.mark.parametrize("project", ["demo-project", "example.com:demo"])
def test_a_pace_is_of_a_firebase_project(rules: Any, project: str) -> None:
    rules.delete("owner", f"pace/{project}")
    assert rules.create("admin", f"pace/{project}", ASKED["pace"])


@pytest.mark.parametrize("project", ["x", "Demo", "9demo"])
def test_nothing_else_has_a_pace(rules: Any, project: str) -> None:
    assert not rules.create("admin", f"pace/{project}", ASKED["pace"])
