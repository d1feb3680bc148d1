"""What the release before this one left in the store: read, found, used and edited by this one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from contract import earlier
from contract.conftest import FirestoreStores
from contract.upgraded import ADA, IDS, After, World, played, said_before
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.schedule import Search, State
from push.domain.tag import TagRef, TagType
from push.domain.tag_search import TagSearch
from push.domain.template import Message, Part
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.ports import Versioned
from push.ports.console import Kind
from push.usecases.describe_tag import describe_tag
from push.usecases.ingest_schedule import ingest_schedule
from push.usecases.ingest_tag import ingest_tag
from push.usecases.ingest_template import ingest_template
from push.usecases.post_schedule import post_schedule
from push.usecases.prepare_schedule import NewSchedule
from push.usecases.prepare_template import NewTemplate
from push.usecases.send_draft import send_draft
from push.usecases.tasks import Task
from push.usecases.update_template import update_template


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> After:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    return played


def test_every_document_is_read_to_what_it_said(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    async def whole() -> dict[str, Any]:
        stores = FirestoreStores()
        try:
            await earlier.store(stores.database.client, timedelta())
            return {path: await _read(stores, path.split("/")) for path in earlier.told("read")}
        finally:
            await stores.close()

    found = asyncio.run(whole())
    assert len(found) > 40
    for path, said in earlier.told("read").items():
        assert _known_then(found[path], said) == said, path


def test_within_a_minute_everything_is_found_as_it_was_before_and_then_left_alone(after: After) -> None:
    async def play(world: World) -> None:
        schedules, tags = world.ports.schedules, world.ports.tags
        await world.keep_house()
        for search in (Search(), Search(app=1), Search(app=1, name="To "), Search(app=1, state=State.SENT)):
            found = {each.id for each in (await schedules.list(search, 50, 0, None))[0]}
            expected = {id: said for id, said in said_before("schedules").items() if _meant(search, said)}
            assert found == expected.keys(), search
            assert await schedules.count(search) == len(expected)
        users = await tags.search(TagSearch(type=TagType.USER), 50, 0, None)
        assert sorted(tag.value for tag in users) == ["gold", "silver"]
        for kind in Kind:
            assert await world.ports.console.outdated(kind, "", 50) == ([], None)
        # What it wrote is nobody's edit, also when the trigger tells of it.
        for name in ("draft", "by-aliases", "sending", "halted", "sent"):
            await ingest_schedule(ADA, IDS[name], read_schedule, ports=world.ports)
            assert (await world.fields(Kind.SCHEDULES, name)).keys().isdisjoint({"problem", "notice", "app"})
        await ingest_tag(ADA, IDS["gold"], read_tag, ports=world.ports)
        await ingest_template(ADA, IDS["template"], read_template, ports=world.ports)
        assert "problem" not in await world.fields(Kind.TEMPLATES, "template")
        # Until the older release is surely gone it is looked for once more, and then the day begins.
        job = (await world.ports.jobs.get(HOUSEKEEPING)).value
        assert (job.done, job.cursor) == (10, "renew/0/schedules/")
        await world.call("work", Task(v=1, id=HOUSEKEEPING, epoch=job.epoch))
        assert (await world.ports.jobs.get(HOUSEKEEPING)).value.cursor[:2] == "20"

    after(timedelta(), play)


def test_what_waits_is_called_off_and_edited_in_the_console(after: After) -> None:
    async def play(world: World) -> None:
        await world.keep_house()
        await world.ports.by_hand(Kind.SCHEDULES, IDS["by-tags"], {"state": "cancelled"}, merge=True)
        await world.ports.by_hand(Kind.SCHEDULES, IDS["by-aliases"], {"name": "To three"}, merge=True)
        for name in ("by-tags", "by-aliases"):
            await ingest_schedule(ADA, IDS[name], read_schedule, ports=world.ports)
        assert (await world.run("by-tags")).state is State.CANCELLED
        assert (await world.run("by-aliases")).content.name == "To three"
        assert (await world.fields(Kind.SCHEDULES, "by-aliases"))["revision"] == 2

    after(timedelta(), play)


@pytest.mark.parametrize("kind", [Kind.TEMPLATES, Kind.TAGS])
def test_an_event_of_what_the_older_release_wrote_renews_it_and_finds_no_fault(after: After, kind: Kind) -> None:
    """It still answers while it is replaced, and its words are not this one's."""

    async def play(world: World) -> None:
        name = "template" if kind is Kind.TEMPLATES else "gold"
        for _ in range(2):
            if kind is Kind.TEMPLATES:
                await ingest_template(ADA, IDS[name], read_template, ports=world.ports)
            else:
                await ingest_tag(ADA, IDS[name], read_tag, ports=world.ports)
            shown = await world.fields(kind, name)
            assert {"problem", "notice", "message", "type"}.isdisjoint(shown)
            assert shown["accepted"]

    after(timedelta(), play)


@pytest.mark.parametrize("renewed", [False, True], ids=["as they were", "renewed"])
def test_templates_tags_and_drafts_are_used_and_edited(after: After, renewed: bool) -> None:
    async def play(world: World) -> None:
        if renewed:
            await world.keep_house()
        asked = NewSchedule(
            app=1, name="New", payload=Message.model_validate({"notification": {"body": "now"}}),
            template=IDS["template"], filter_tags=(TagRef(id=IDS["gold"]),),
        )  # fmt: skip
        asking = world.asking("apps", "tags", "templates", "runs", "tasks", "audit", "clock")
        made = await post_schedule(ADA, asked, **asking)
        assert made.payload is not None
        assert (made.payload.notification.title, made.payload.notification.body) == ("An offer", "now")
        new = NewTemplate(name="Offers", allows=(Part.TEXT,), tags=(TagRef(id=IDS["gold"]),))
        editing = world.asking("templates", "tags", "console", "audit", "clock")
        await update_template(ADA, IDS["template"], new, None, **editing)
        await describe_tag(
            ADA, IDS["gold"], {}, "Ten cases a year", **world.asking("tags", "console", "audit", "clock")
        )
        await ingest_template(ADA, IDS["template"], read_template, ports=world.ports)
        await ingest_tag(ADA, IDS["gold"], read_tag, ports=world.ports)
        template, tag = await world.fields(Kind.TEMPLATES, "template"), await world.fields(Kind.TAGS, "gold")
        assert (template["name"], template["revision"]) == ("Offers", 2)
        assert tag["description"] == "Ten cases a year"
        assert {"problem", "notice", "message", "type"}.isdisjoint(template.keys() | tag.keys())
        await send_draft(
            ADA, IDS["draft"], None, **world.asking("apps", "schedules", "runs", "console", "tasks", "audit", "clock")
        )
        assert (await world.run("draft")).state is State.SCHEDULED

    after(timedelta(), play)


def test_a_post_that_is_repeated_to_this_release_is_not_done_twice(after: After) -> None:
    async def play(world: World) -> None:
        said = next(each for each in said_before("schedules").values() if each["id"] == IDS["draft"])
        payload = Message.model_validate(
            {
                "notification": {"title": "Autumn", "body": "New wines"},
                "data": {"extra": {"deep": [[1, [2]]], "": 1}, "url": "wines://autumn", "campaign": "autumn"},
            }
        )
        asked = NewSchedule(app=1, name=said["name"], payload=payload, draft=True)
        asking = world.asking("apps", "tags", "templates", "runs", "tasks", "audit", "clock")
        assert (await post_schedule(ADA, asked, **asking, key="key-Draft")).id == IDS["draft"]

    after(timedelta(), play)


async def _read(stores: Any, path: list[str]) -> Any:
    *_, kind, id = path
    if kind == "lists":
        return list(await stores.runs.list_items(path[1], id))
    readers: dict[str, Callable[[], Awaitable[Any]]] = {
        "apps": lambda: stores.apps.get(int(id)),
        "accounts": lambda: stores.accounts.get(id),
        "roles": lambda: stores.roles.get(id),
        "devices": lambda: stores.devices.get(1, id),
        "tags": lambda: stores.tags.get(id),
        "templates": lambda: stores.templates.get(id),
        "schedules": lambda: stores.schedules.get(id),
        "runs": lambda: stores.runs.get(id),
        "shards": lambda: stores.ledger.get(path[1], id),
        "jobs": lambda: stores.jobs.get(id),
        "idempotency": lambda: stores.runs.remembered(id),
    }
    found = await readers[kind]()
    return (found.value if isinstance(found, Versioned) else found).model_dump(mode="json")


def _known_then(found: Any, said: Any) -> Any:
    """Without what that release did not know."""
    if not isinstance(said, dict) or not isinstance(found, dict):
        return found
    return {name: _known_then(found.get(name), value) for name, value in said.items()}


def _meant(search: Search, said: dict[str, Any]) -> bool:
    state = search.state is None or said["state"] == search.state.value
    return state and str(said["name"]).startswith(search.name or "")
