"""What an older release stored is said in this one's words: all of it, whoever writes meanwhile, and once."""

import asyncio
from typing import Any

import pytest

from fakes.made import run, schedule
from fakes.ports import FakePorts
from push.adapters.firestore import schedules, tag_documents
from push.domain.errors import Stale
from push.domain.job import Step
from push.domain.schedule import State
from push.domain.tag import Tag, TagType
from push.ports.console import Kind
from push.usecases.renew_documents import Walk, renew_documents, walk_of


def old_tag(number: int) -> tuple[str, dict[str, Any]]:
    tag = Tag(id=f"{number:024x}", name="Customer", value=f"{number}", type=TagType.USER)
    document = tag_documents.encode(tag)
    document["type"] = document.pop("tagType")
    del document["accepted"]
    return tag.id, document


def old_schedule(number: int) -> tuple[str, dict[str, Any]]:
    document = schedules.encode(schedule(f"{number:024x}"))
    document["app"] = document.pop("appId")
    return f"{number:024x}", document


def with_old(tags: int = 0, of_schedules: int = 0) -> FakePorts:
    ports = FakePorts()
    for number in range(tags):
        ports.console.put(Kind.TAGS, *old_tag(number))
    for number in range(of_schedules):
        id, document = old_schedule(number)
        asyncio.run(ports.runs.accept(schedule(id), run(id), []))
        ports.console.put(Kind.SCHEDULES, id, document)
    return ports


def walk(ports: FakePorts) -> list[Step]:
    """Until it is over, or is to wait."""
    steps = [Step("")]
    while steps[-1].cursor is not None and not steps[-1].wait_ms:
        at = walk_of(steps[-1].cursor)
        assert at is not None
        steps.append(asyncio.run(renew_documents(at, console=ports.console, runs=ports.runs)))
    return steps[1:]


def test_where_there_is_nothing_old_it_is_over_at_once() -> None:
    steps = walk(FakePorts())
    assert (len(steps), steps[-1]) == (len(Kind), Step(None))


def test_more_than_one_step_takes_are_all_renewed_and_then_looked_for_once_more() -> None:
    ports = with_old(tags=450)
    steps = walk(ports)
    assert [step.done for step in steps if step.done] == [200, 200, 50]
    assert steps[-1].wait_ms > 0
    assert all("accepted" in ports.console.shown(Kind.TAGS, old_tag(number)[0]) for number in range(450))
    assert walk(ports)[-1] == Step(None)


def test_a_run_learns_what_it_was_asked_for_whatever_has_become_of_it() -> None:
    ports = with_old(of_schedules=2)
    found, version, _ = ports.runs.stored[old_schedule(1)[0]]
    asyncio.run(ports.runs.move(found.model_copy(update={"state": State.SENDING, "started_at": 5_000}), version))
    walk(ports)
    for number, state in enumerate((State.SCHEDULED, State.SENDING)):
        id, _ = old_schedule(number)
        kept = ports.runs.stored[id][0]
        assert (kept.state, kept.request is not None) == (state, True)
        shown = ports.console.shown(Kind.SCHEDULES, id)
        assert (shown["appId"], shown["state"], "app" in shown) == (1, state.value, False)


def test_a_schedule_without_a_run_is_renewed_as_well() -> None:
    ports = FakePorts()
    ports.console.put(Kind.SCHEDULES, *old_schedule(1))
    walk(ports)
    assert ports.console.shown(Kind.SCHEDULES, old_schedule(1)[0])["appId"] == 1


@pytest.mark.parametrize("error", [Stale, RuntimeError("broken")], ids=["written just now", "broken"])
def test_one_that_cannot_be_renewed_keeps_no_other_from_it(monkeypatch: pytest.MonkeyPatch, error: Any) -> None:
    ports = with_old(tags=3)
    first, write = old_tag(0)[0], ports.console.write

    async def refusing(accepted: Any, version: Any, notice: str | None = None) -> None:
        if accepted.id == first:
            raise error
        await write(accepted, version, notice)

    monkeypatch.setattr(ports.console, "write", refusing)
    last = walk(ports)[-1]
    shown = ["accepted" in ports.console.shown(Kind.TAGS, old_tag(number)[0]) for number in range(3)]
    assert (shown, last.wait_ms > 0) == ([False, True, True], True)
    # Another walk goes by once more; what stays broken is not waited for.
    assert walk(ports)[-1] == Step(None) if error is not Stale else walk(ports)[-1].wait_ms > 0


def test_a_walk_goes_on_where_its_cursor_says_and_begins_anew_where_that_is_nonsense() -> None:
    place = Walk(True, Kind.TAGS, "abc")
    assert walk_of(str(place)) == place
    assert [walk_of(cursor) for cursor in ("", "renew", "renew/1", "renew/1/cows/a")] == [Walk()] * 4
    assert walk_of("2026-11-28/1:") is None


def test_what_nobody_has_accepted_is_left_to_ingest() -> None:
    ports = FakePorts()
    by_hand = {"name": "Customer", "value": "gold", "tagType": TagType.USER.value}
    ports.console.put(Kind.TAGS, "mine", by_hand)
    ports.console.put(Kind.SCHEDULES, "mine", {"app": 1, "name": "typed by hand"})
    ports.console.put(Kind.TEMPLATES, "mine", {"name": "Offer", "message": "{}"})
    assert walk(ports)[-1] == Step(None)
    assert ports.console.shown(Kind.TAGS, "mine") == by_hand
