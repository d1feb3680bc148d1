"""Edits by the API while somebody's edit in the console has not been looked at: neither is lost without a word."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from fakes.ports import FakePorts
from fakes.world import app
from push.domain.account import Caller, Right
from push.domain.errors import Conflict, NotFound
from push.domain.schedule import State
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.ports.console import Kind
from push.usecases.delete_tag import delete_tag
from push.usecases.delete_template import delete_template
from push.usecases.describe_tag import describe_tag
from push.usecases.ingest_schedule import ingest_schedule
from push.usecases.ingest_tag import ingest_tag
from push.usecases.ingest_template import ingest_template
from push.usecases.prepare_schedule import NewSchedule
from push.usecases.prepare_template import NewTemplate
from push.usecases.send_draft import send_draft
from push.usecases.update_schedule import update_schedule
from push.usecases.update_template import update_template

ANN = Caller(subject="console:ann@example.org", role="console", rights=frozenset(Right))
SERVER = Caller(subject="server", role="admin", rights=frozenset(Right))
ID = "offer"


class Desk:
    def __init__(self, **fields: Any) -> None:
        self.ports = FakePorts()
        self.ports.apps.stored[1] = app(1)
        self.ports.console.put(Kind.SCHEDULES, ID, {"appId": 1, "name": "Offer"} | fields)
        self.hear()

    def edit(self, **fields: Any) -> None:
        self.ports.console.edit(Kind.SCHEDULES, ID, **fields)

    def passed(self, ms: int) -> None:
        """Since anybody wrote a document."""
        self.ports.runs.documents.age_ms = ms

    def hear(self) -> None:
        asyncio.run(ingest_schedule(ANN, ID, read_schedule, ports=self.ports))

    def put(self, name: str, draft: bool = True) -> None:
        ports = self.ports
        asyncio.run(
            update_schedule(
                SERVER, ID, NewSchedule(app=1, name=name, draft=draft), None, apps=ports.apps, tags=ports.tags,
                templates=ports.templates, schedules=ports.schedules, runs=ports.runs, console=ports.console,
                tasks=ports.tasks, audit=ports.audit, clock=ports.clock,
            )
        )  # fmt: skip

    def send(self) -> None:
        ports = self.ports
        asyncio.run(
            send_draft(
                SERVER, ID, None, apps=ports.apps, schedules=ports.schedules, runs=ports.runs, console=ports.console,
                tasks=ports.tasks, audit=ports.audit, clock=ports.clock,
            )
        )  # fmt: skip

    @property
    def shown(self) -> dict[str, Any]:
        return self.ports.console.shown(Kind.SCHEDULES, ID)

    @property
    def run(self) -> Any:
        return self.ports.runs.stored[ID][0]


@pytest.fixture
def desk() -> Desk:
    return Desk(state="draft")


@pytest.mark.parametrize("does", [lambda desk: desk.put("By the API"), Desk.send], ids=["edited", "sent"])
@pytest.mark.parametrize("edit", [{"name": "By hand"}, {"state": "cancelled"}], ids=["edit", "command"])
def test_what_ingest_has_not_looked_at_is_not_written_over(desk: Desk, does: Any, edit: dict[str, Any]) -> None:
    desk.edit(**edit)
    with pytest.raises(Conflict, match="just editing it in the console"):
        does(desk)
    assert edit.items() <= desk.shown.items()
    assert desk.run.state is State.DRAFT
    assert desk.ports.tasks.created == []


def test_once_it_has_been_looked_at_the_api_goes_on_from_there(desk: Desk) -> None:
    desk.edit(name="By hand")
    desk.hear()
    desk.send()
    assert (desk.run.state, desk.run.mirror.name) == (State.SCHEDULED, "By hand")


def test_an_edit_that_was_found_wrong_may_be_corrected_for_a_minute_and_is_written_over_then(desk: Desk) -> None:
    desk.edit(sendOn="soon")
    desk.hear()
    assert desk.shown["problem"]
    desk.edit(sendOn=None, name="By hand")
    with pytest.raises(Conflict, match="just editing it in the console"):
        desk.put("By the API")
    desk.hear()
    assert desk.run.mirror.name == "By hand"
    desk.edit(sendOn="soon")
    desk.hear()
    desk.passed(60_001)
    desk.put("By the API")
    assert (desk.shown["name"], desk.shown.get("problem")) == ("By the API", None)


def test_an_edit_that_nobody_looks_at_holds_nobody_for_ever(desk: Desk) -> None:
    desk.edit(name="By hand")
    desk.passed(600_000)
    with pytest.raises(Conflict, match="just editing it in the console"):
        desk.put("By the API")
    desk.passed(600_001)
    desk.put("By the API")
    assert desk.run.mirror.name == "By the API"


def test_an_edit_that_comes_between_the_look_and_the_write_is_found_by_the_write(desk: Desk) -> None:
    revise = desk.ports.runs.revise
    edited: list[bool] = []

    async def after_somebody(*args: Any) -> Any:
        if not edited:
            edited.append(True)
            desk.edit(name="By hand")
        return await revise(*args)

    desk.ports.runs.revise = after_somebody  # type: ignore[method-assign, assignment]
    with pytest.raises(Conflict, match="just editing it in the console"):
        desk.put("By the API")
    assert desk.shown["name"] == "By hand"


def test_a_run_that_moves_between_two_reads_is_no_edit() -> None:
    """Its document says so already, and the run as it was read does not."""
    desk = Desk()
    read = desk.ports.console.read
    moved: list[bool] = []

    async def after_the_engine(kind: Kind, id: str) -> Any:
        if not moved:
            moved.append(True)
            run, version, _ = desk.ports.runs.stored[ID]
            await desk.ports.runs.move(run.model_copy(update={"state": State.SENDING}), version)
        return await read(kind, id)

    desk.ports.console.read = after_the_engine  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="cannot be edited any more"):
        desk.put("By the API", draft=False)


TEMPLATE, TAG = "offer", "gold"


class Shelf:
    """A template and a tag, which somebody at the console edits, and the API."""

    def __init__(self) -> None:
        self.ports = FakePorts()
        self.ports.console.put(Kind.TEMPLATES, TEMPLATE, {"name": "Offer", "silent": True})
        self.ports.console.put(Kind.TAGS, TAG, {"name": "Customer", "value": "gold"})
        self.hear()

    def hear(self) -> None:
        asyncio.run(ingest_template(ANN, TEMPLATE, read_template, ports=self.ports))
        asyncio.run(ingest_tag(ANN, TAG, read_tag, ports=self.ports))

    def put(self, name: str) -> None:
        ports = self.ports
        asyncio.run(
            update_template(
                SERVER, TEMPLATE, NewTemplate(name=name, silent=True), None, templates=ports.templates,
                tags=ports.tags, console=ports.console, audit=ports.audit, clock=ports.clock,
            )
        )  # fmt: skip

    def describe(self, description: str) -> None:
        ports = self.ports
        asyncio.run(
            describe_tag(
                SERVER, TAG, {}, description, tags=ports.tags, console=ports.console, audit=ports.audit,
                clock=ports.clock,
            )
        )  # fmt: skip

    def delete_template(self) -> None:
        ports = self.ports
        asyncio.run(
            delete_template(
                SERVER, TEMPLATE, None, templates=ports.templates, console=ports.console, clock=ports.clock,
            )
        )  # fmt: skip

    def delete_tag(self) -> None:
        ports = self.ports
        asyncio.run(
            delete_tag(
                SERVER, TAG, tags=ports.tags, console=ports.console, templates=ports.templates, runs=ports.runs,
                jobs=ports.jobs, tasks=ports.tasks, audit=ports.audit, clock=ports.clock,
            )
        )  # fmt: skip


class Thing(NamedTuple):
    """What is edited, in which field, how the API does that, how it deletes it, and the port that writes the edit."""

    kind: Kind
    id: str
    field: str
    put: Callable[[Shelf, str], None]
    delete: Callable[[Shelf], None]
    writes: tuple[str, str]

    def edit(self, shelf: Shelf, text: Any) -> None:
        shelf.ports.console.edit(self.kind, self.id, **{self.field: text})

    def shown(self, shelf: Shelf) -> dict[str, Any]:
        return shelf.ports.console.shown(self.kind, self.id)

    def passed(self, shelf: Shelf, ms: int) -> None:
        """Since anybody wrote a document."""
        (shelf.ports.templates if self.kind is Kind.TEMPLATES else shelf.ports.tags).documents.age_ms = ms


THINGS = [
    Thing(Kind.TEMPLATES, TEMPLATE, "name", Shelf.put, Shelf.delete_template, ("templates", "replace")),
    Thing(Kind.TAGS, TAG, "description", Shelf.describe, Shelf.delete_tag, ("tags", "describe")),
]
each_thing = pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.kind)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@each_thing
def test_an_edit_of_a_template_or_tag_that_ingest_has_not_looked_at_is_neither_written_over_nor_deleted(
    shelf: Shelf, thing: Thing
) -> None:
    thing.edit(shelf, "By hand")
    with pytest.raises(Conflict, match="just editing it in the console"):
        thing.put(shelf, "By the API")
    with pytest.raises(Conflict, match="just editing it in the console"):
        thing.delete(shelf)
    shelf.hear()
    assert thing.shown(shelf)[thing.field] == "By hand"
    assert (shelf.ports.jobs.stored, len(shelf.ports.audit.kept)) == ({}, 3)
    thing.put(shelf, "By the API")
    assert thing.shown(shelf)[thing.field] == "By the API"
    thing.delete(shelf)
    assert thing.shown(shelf) == {}


@each_thing
def test_a_wrong_edit_of_a_template_or_tag_holds_the_api_for_a_minute(shelf: Shelf, thing: Thing) -> None:
    thing.edit(shelf, 5)
    shelf.hear()
    assert thing.shown(shelf)["problem"]
    thing.passed(shelf, 60_000)
    with pytest.raises(Conflict, match="just editing it in the console"):
        thing.put(shelf, "By the API")
    thing.passed(shelf, 60_001)
    thing.put(shelf, "By the API")
    assert (thing.shown(shelf)[thing.field], thing.shown(shelf).get("problem")) == ("By the API", None)


@each_thing
def test_an_edit_of_a_template_or_tag_that_nobody_looks_at_holds_nobody_for_ever(shelf: Shelf, thing: Thing) -> None:
    thing.edit(shelf, "By hand")
    thing.passed(shelf, 600_000)
    with pytest.raises(Conflict, match="just editing it in the console"):
        thing.put(shelf, "By the API")
    thing.passed(shelf, 600_001)
    thing.put(shelf, "By the API")
    assert thing.shown(shelf)[thing.field] == "By the API"


@each_thing
def test_an_edit_between_the_look_at_a_template_or_tag_and_its_write_is_found_by_the_write(
    shelf: Shelf, thing: Thing
) -> None:
    port = getattr(shelf.ports, thing.writes[0])
    write = getattr(port, thing.writes[1])
    edited: list[bool] = []

    async def after_somebody(*args: Any) -> Any:
        if not edited:
            edited.append(True)
            thing.edit(shelf, "By hand")
        return await write(*args)

    setattr(port, thing.writes[1], after_somebody)
    with pytest.raises(Conflict, match="just editing it in the console"):
        thing.put(shelf, "By the API")
    assert thing.shown(shelf)[thing.field] == "By hand"


@each_thing
@pytest.mark.parametrize("deleted", [False, True], ids=["edited", "deleted"])
def test_what_is_accepted_or_deleted_between_two_reads_is_no_edit_that_nobody_has_looked_at(
    shelf: Shelf, thing: Thing, deleted: bool
) -> None:
    read = shelf.ports.console.read
    done: list[bool] = []

    async def after_another(kind: Kind, id: str) -> Any:
        if not done:
            done.append(True)
            if deleted:
                shelf.ports.console.delete(kind, id)
            else:
                thing.edit(shelf, "By another")
                await ingest_template(ANN, TEMPLATE, read_template, ports=shelf.ports)
                await ingest_tag(ANN, TAG, read_tag, ports=shelf.ports)
        return await read(kind, id)

    shelf.ports.console.read = after_another  # type: ignore[method-assign]
    if deleted:
        with pytest.raises(NotFound):
            thing.put(shelf, "By the API")
    else:
        thing.put(shelf, "By the API")
        assert thing.shown(shelf)[thing.field] == "By the API"
        assert shelf.ports.audit.kept[-1].changes[thing.field] == ["By another", "By the API"]
