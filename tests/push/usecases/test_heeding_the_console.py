"""Edits by the API while somebody's edit in the console has not been looked at: neither is lost without a word."""

import asyncio
from typing import Any

import pytest

from fakes.ports import FakePorts
from fakes.world import app
from push.domain.account import Caller, Right
from push.domain.errors import Conflict
from push.domain.schedule import State
from push.entrypoints.ingest.documents import read_schedule
from push.ports.console import Kind
from push.usecases.ingest_schedule import ingest_schedule
from push.usecases.prepare_schedule import NewSchedule
from push.usecases.send_draft import send_draft
from push.usecases.update_schedule import update_schedule

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
