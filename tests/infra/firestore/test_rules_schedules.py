"""What operators write into schedules: a request, edits of it while it waits, and two moves."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from fakes import made
from push.adapters.firestore import schedules
from push.domain.audience import MAX_ALIASES
from push.domain.schedule import MAX_TIME_MS, State
from push.domain.tag import TagRef
from push.entrypoints.api.schemas.schedules import MAX_CONTENT, MAX_FILTER_TAGS
from push.entrypoints.api.schemas.wire import MAX_INT, MAX_NAME

SOON = datetime(2030, 1, 1, tzinfo=UTC)
ASKED: dict[str, Any] = {"appId": 1, "name": "Autumn wines"}
SENDER = "only-push-notifications"
TAGS = [{"id": "a" * 24}]
_NUMBERS = count()

FIELDS: list[tuple[str, list[Any], list[Any]]] = [
    ("name", ["N", "n" * MAX_NAME], [None, "", " \t ", 5, "n" * (MAX_NAME + 1)]),
    ("payload", [None, {}, {"notification": {"title": "t"}, "data": {"url": "u"}}], ["text", [], {"titel": 1}]),
    ("sendOn", [None, SOON, 0, MAX_TIME_MS], ["soon", -1, MAX_TIME_MS + 1]),
    ("expiresAt", [None, SOON, 0, MAX_TIME_MS], ["soon", -1, MAX_TIME_MS + 1]),
    ("filterTags", [None, [], TAGS * MAX_FILTER_TAGS], [TAGS[0], TAGS * (MAX_FILTER_TAGS + 1)]),
    ("aliases", [None, ["a"]], [[], "a"]),
    ("users", [None, ["u"]], [[], "u"]),
    ("template", [None, "", "t" * 128], [5, "t" * 129]),
    ("content", [None, "", "c" * MAX_CONTENT], [5, "c" * (MAX_CONTENT + 1)]),
    ("onUnknown", [None, "resend", "skip"], ["", "ask", True]),
]
# Said with a new one only.
FIRST: list[tuple[str, list[Any], list[Any]]] = [
    ("appId", [0, MAX_INT], [None, "1", 1.5, -1, MAX_INT + 1]),
    ("draft", [None, True, False], ["yes", 1]),
]
ENGINES = (
    "v", "id", "app", "nameKey", "audience", "createdAt", "createdBy", "updatedAt", "revision", "receipts", "counts",
    "reason", "sentAt", "templateName", "problem", "notice", "customerId",
)  # fmt: skip


def _cases(table: list[tuple[str, list[Any], list[Any]]]) -> list[Any]:
    return [
        pytest.param(name, value, good, id=f"{name}-{str(value)[:20]}-{good}")
        for name, taken, refused in table
        for good, values in ((True, taken), (False, refused))
        for value in values
    ]


def fresh() -> str:
    return f"schedules/s{next(_NUMBERS)}"


def asked(rules: Any, **fields: Any) -> str:
    """One that ingest has not accepted, or not yet."""
    path = fresh()
    rules.store(path, ASKED | fields)
    return path


def accepted(rules: Any, state: State = State.SCHEDULED, **fields: Any) -> str:
    """As the functions store it."""
    path = fresh()
    rules.store(path, schedules.encode(made.schedule(path.removeprefix("schedules/"), state=state, **fields)))
    return path


@pytest.mark.parametrize(("name", "value", "good"), _cases(FIELDS + FIRST))
def test_a_new_one_says_what_the_api_takes(rules: Any, name: str, value: Any, good: bool) -> None:
    assert rules.create("editor", fresh(), ASKED | {name: value}) is good
    assert rules.update("editor", asked(rules), {name: value}) is good


@pytest.mark.parametrize(("name", "value", "good"), _cases(FIELDS))
def test_so_does_an_edit(rules: Any, name: str, value: Any, good: bool) -> None:
    assert rules.update("editor", accepted(rules), {name: value}) is good


def test_a_new_one_says_all_of_it(rules: Any) -> None:
    whole = ASKED | {
        "payload": {"notification": {"title": "t"}}, "sendOn": SOON, "expiresAt": SOON, "filterTags": TAGS,
        "aliases": ["a"], "template": "t", "content": "c", "onUnknown": "skip", "draft": True,
    }  # fmt: skip
    assert rules.create("editor", fresh(), whole)


def test_a_new_one_is_sent_or_a_draft(rules: Any) -> None:
    assert rules.create("editor", fresh(), ASKED | {"state": "draft"})
    assert rules.create("editor", fresh(), ASKED | {"state": None})
    for state in [*State, "invalid"]:
        if state is not State.DRAFT:
            assert not rules.create("admin", fresh(), ASKED | {"state": state})


def test_one_that_was_refused_is_said_better_and_its_state_left_to_ingest(rules: Any) -> None:
    refused = {"state": "invalid", "problem": "template: there is none of this id"}
    assert rules.update("editor", asked(rules, template="t", **refused), {"appId": 2}, without=["template"])
    assert not rules.update("editor", asked(rules, **refused), {"state": "scheduled"})
    assert not rules.update("editor", asked(rules, **refused), {}, without=["problem"])


@pytest.mark.parametrize("missing", ASKED)
def test_a_new_one_names_itself_and_its_app(rules: Any, missing: str) -> None:
    assert not rules.create("admin", fresh(), {name: value for name, value in ASKED.items() if name != missing})
    assert not rules.update("admin", asked(rules), {}, without=[missing])


@pytest.mark.parametrize("field", ["aliases", "users"])
def test_it_names_no_more_people_than_in_the_api(rules: Any, unwatched: Any, field: str) -> None:
    assert unwatched.create("editor", fresh(), ASKED | {field: ["a"] * MAX_ALIASES})
    assert not unwatched.create("editor", fresh(), ASKED | {field: ["a"] * (MAX_ALIASES + 1)})
    if field == "users":
        assert not rules.create("editor", fresh(), ASKED | {field: ["a"] * (MAX_ALIASES + 1)})


def test_aliases_and_users_are_not_named_together(rules: Any) -> None:
    assert not rules.create("admin", fresh(), ASKED | {"aliases": ["a"], "users": ["u"]})
    assert not rules.update("admin", accepted(rules), {"aliases": ["a"], "users": ["u"]})


@pytest.mark.parametrize("field", [*ENGINES, "state"])
def test_a_new_one_says_nothing_that_is_the_engines(rules: Any, field: str) -> None:
    assert not rules.create("admin", fresh(), ASKED | {field: "scheduled"})
    assert not rules.update("admin", asked(rules), {field: "cancelled"})


@pytest.mark.parametrize("field", [*ENGINES, "draft"])
def test_an_edit_leaves_what_the_engine_wrote(rules: Any, field: str) -> None:
    assert not rules.update("admin", accepted(rules), {"name": "Winter wines", field: "other"})


@pytest.mark.parametrize("field", ["createdBy", "audience", "state", "v"])
def test_nor_does_it_take_that_away(rules: Any, field: str) -> None:
    path = accepted(rules)
    assert rules.update("admin", path, {"name": "Winter wines"}, without=["content"])
    assert not rules.update("admin", path, {"name": "Spring wines"}, without=[field])


def test_an_accepted_one_belongs_to_its_app(rules: Any) -> None:
    path = fresh()
    rules.store(path, schedules.encode(made.schedule(path)) | {"appId": 1})
    assert not rules.update("admin", path, {"appId": 2})


@pytest.mark.parametrize("state", State)
def test_only_what_waits_is_edited(rules: Any, state: State) -> None:
    waits = state in (State.DRAFT, State.SCHEDULED)
    assert rules.update("admin", accepted(rules, state), {"name": "Winter wines"}) is waits


MOVES = {
    State.CANCELLED: {State.DRAFT, State.SCHEDULED, State.SENDING, State.HALTED},
    State.SCHEDULED: {State.DRAFT},
    State.SENDING: {State.HALTED},
}


@pytest.mark.parametrize("to", State)
def test_what_has_not_ended_is_cancelled_a_draft_sent_and_what_was_halted_resumed(rules: Any, to: State) -> None:
    moved = {before for before in State if before is not to}
    able = {before for before in moved if rules.update("editor", accepted(rules, before), {"state": to.value})}
    assert able == MOVES.get(to, set())


def test_a_move_is_nothing_but_a_move(rules: Any) -> None:
    assert not rules.update("admin", accepted(rules), {"state": "cancelled", "name": "Winter wines"})
    assert not rules.update("admin", accepted(rules, State.SENT), {"state": "cancelled", "reason": "of mine"})
    assert not rules.update("admin", asked(rules, state="draft"), {"state": "scheduled"})


@pytest.mark.parametrize("state", State)
def test_what_is_being_sent_is_not_deleted(rules: Any, state: State) -> None:
    assert rules.delete("editor", accepted(rules, state)) is (state is not State.SENDING)


def test_tags_and_content_need_rights_of_their_own(rules: Any) -> None:
    for more, right in (({"filterTags": TAGS}, "segmented-push"), ({"content": "c"}, "push-with-content")):
        rules.store("roles/both", {"v": 1, "name": "both", "rights": ["push-notifications", right]})
        assert rules.create(SENDER, fresh(), ASKED)
        assert not rules.create(SENDER, fresh(), ASKED | more)
        assert rules.create("both", fresh(), ASKED | more)
        assert not rules.create(f"only-{right}", fresh(), ASKED | more)
        assert not rules.update(SENDER, accepted(rules), more)
        assert rules.update("both", accepted(rules), more)


def test_what_somebody_else_put_there_may_stay_or_go_in_an_edit(rules: Any) -> None:
    path = accepted(rules, filter_tags=(TagRef(id="a" * 24),), content="c")
    assert rules.update(SENDER, path, {"name": "Winter wines"})
    assert rules.update(SENDER, path, {"filterTags": [], "content": ""})


def test_but_a_draft_that_has_them_is_sent_by_those_who_may_ask_for_them(rules: Any) -> None:
    for more in ({"filter_tags": (TagRef(id="a" * 24),)}, {"content": "c"}):
        path = accepted(rules, State.DRAFT, **more)
        assert not rules.update(SENDER, path, {"state": "scheduled"})
        assert rules.update(SENDER, path, {"state": "cancelled"})
        assert rules.update("editor", accepted(rules, State.DRAFT, **more), {"state": "scheduled"})
