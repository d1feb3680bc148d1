"""Documents that people edit: read as they stand, told what is wrong, and made to say what was accepted."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fakes.clock import FakeClock
from fakes.made import run, schedule
from fakes.tasks import FakeTasks
from push.adapters.firestore.console import document_of
from push.domain.account import Caller, Right
from push.domain.errors import Conflict, NotFound, Stale
from push.domain.schedule import Search, State
from push.domain.tag import Tag, TagType
from push.domain.template import Template
from push.ports.console import Kind
from push.usecases.delete_tag import delete_tag
from push.usecases.delete_template import delete_template
from push.usecases.describe_tag import describe_tag
from push.usecases.heed_console import heed_tag, heed_template
from push.usecases.prepare_template import NewTemplate
from push.usecases.update_template import update_template

On = Callable[[Callable[[Any], Awaitable[None]]], None]
BY_HAND = {"appId": 1, "name": "By hand", "aliases": ["a"], "payload": {"notification": {"title": "T"}}}
TAG = Tag(id="t" * 24, name="Customer", value="gold", type=TagType.USER)
SERVER = Caller(subject="server", role="admin", rights=frozenset(Right))
TEMPLATE = Template(id="e" * 24, name="Offer", silent=True, created_by="x", created_at=1_000, updated_at=1_000)


def test_what_somebody_wrote_is_read_told_and_replaced_by_what_was_accepted(on: On) -> None:
    async def play(stores: Any) -> None:
        wanted = schedule()
        await stores.by_hand(Kind.SCHEDULES, wanted.id, BY_HAND)
        assert await stores.console.read(Kind.SCHEDULES, "nobody") is None
        assert await stores.schedules.get(wanted.id) is None
        written = await stores.console.read(Kind.SCHEDULES, wanted.id)
        assert dict(written.fields) == BY_HAND
        await stores.console.tell(
            Kind.SCHEDULES, wanted.id, {"problem": "name: no", "state": "invalid"}, written.version
        )
        with pytest.raises(Stale):
            await stores.console.tell(Kind.SCHEDULES, wanted.id, {"problem": "late"}, written.version)
        told = await stores.console.read(Kind.SCHEDULES, wanted.id)
        assert dict(told.fields) == {**BY_HAND, "problem": "name: no", "state": "invalid"}
        accepted = run(id=wanted.id, schedule=wanted.id, request=wanted)
        with pytest.raises(Stale):
            await stores.runs.accept(wanted, accepted, [["a"]], over=written.version)
        assert await stores.runs.get(wanted.id) is None
        await stores.runs.accept(wanted, accepted, [["a"]], over=told.version)
        now = await stores.console.read(Kind.SCHEDULES, wanted.id)
        assert stores.console.edits(now, wanted) == frozenset()
        assert not {"aliases", "problem"} & now.fields.keys()
        assert await stores.schedules.get(wanted.id) == wanted

    on(play)


def test_the_fields_of_an_edit_are_named_and_put_back(on: On) -> None:
    async def play(stores: Any) -> None:
        wanted = schedule()
        await stores.runs.accept(wanted, run(id=wanted.id, schedule=wanted.id, request=wanted), [])
        await stores.by_hand(Kind.SCHEDULES, wanted.id, {"name": "Edited", "note": "mine", "problem": "p"}, merge=True)
        written = await stores.console.read(Kind.SCHEDULES, wanted.id)
        assert stores.console.edits(written, wanted) == {"name", "note"}
        found = await stores.runs.get(wanted.id)
        with pytest.raises(Stale):
            await stores.runs.revise(wanted, found.value, None, found.version, over=_other(written.version))
        await stores.console.write(wanted, written.version, "note: put back")
        with pytest.raises(Stale):
            await stores.console.write(wanted, written.version)
        back = await stores.console.read(Kind.SCHEDULES, wanted.id)
        assert back.fields["notice"] == "note: put back"
        assert stores.console.edits(back, wanted) == frozenset()
        edited = wanted.model_copy(update={"name": "Accepted", "revision": 2})
        await stores.runs.revise(edited, found.value, None, found.version, over=back.version)
        assert "notice" not in (await stores.console.read(Kind.SCHEDULES, wanted.id)).fields

    on(play)


def test_what_the_engine_makes_of_a_run_is_what_its_document_says(on: On) -> None:
    async def play(stores: Any) -> None:
        wanted = schedule()
        await stores.runs.accept(wanted, run(id=wanted.id, schedule=wanted.id, request=wanted), [])
        found = await stores.runs.get(wanted.id)
        moves: list[dict[str, Any]] = [
            {"state": State.SENDING, "started_at": 5_000},
            {"state": State.SENT, "ended_at": 6_000, "sent_at": 6_000, "counts": {"accepted": 3, "targeted": 3}},
        ]
        for move in moves:
            await stores.runs.move(found.value.model_copy(update=move), found.version)
            found = await stores.runs.get(wanted.id)
            written = await stores.console.read(Kind.SCHEDULES, wanted.id)
            assert stores.console.edits(written, found.value.mirror) == frozenset()

    on(play)


def test_a_document_that_was_deleted_comes_back_only_where_there_is_none(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.console.write(TAG, None, "put back")
        with pytest.raises(Stale):
            await stores.console.write(TAG, None)
        assert (await stores.console.read(Kind.TAGS, TAG.id)).fields["notice"] == "put back"

    on(play)


@pytest.mark.parametrize("accepted", [TAG, TEMPLATE], ids=["tag", "template"])
def test_templates_and_tags_are_what_was_accepted_whatever_stands_beside_it(on: On, accepted: Any) -> None:
    async def play(stores: Any) -> None:
        kind = Kind.TAGS if accepted is TAG else Kind.TEMPLATES
        await stores.by_hand(kind, accepted.id, {"name": "By hand"})
        assert await _get(stores, accepted) is None
        written = await stores.console.read(kind, accepted.id)
        await stores.console.write(accepted, written.version)
        await stores.by_hand(kind, accepted.id, {"name": "Edited"}, merge=True)
        assert await _get(stores, accepted) == accepted
        written = await stores.console.read(kind, accepted.id)
        assert stores.console.edits(written, accepted) == {"name"}

    on(play)


def test_names_of_tags_are_told_once_each_and_no_more_than_asked_for(on: On) -> None:
    async def play(stores: Any) -> None:
        for number, (name, value) in enumerate([("Size", "s"), ("size", "m"), ("Sizes", "x"), ("Colour", "")]):
            await stores.tags.create(Tag(id=f"{number:024x}", name=name, value=value, type=TagType.USER))
        names = await stores.tags.names(10)
        assert [name.lower() for name in names] == ["colour", "size", "sizes"]
        assert len(await stores.tags.names(2)) == 2

    on(play)


def test_what_an_older_release_stored_is_found_page_by_page_and_not_once_it_is_renewed(on: On) -> None:
    async def play(stores: Any) -> None:
        before = document_of(TAG) | {"type": TAG.type.value, "accepted": None, "tagType": None}
        for number in range(5):
            await stores.by_hand(Kind.TAGS, f"t{number}", before | {"id": f"t{number}"})
        await stores.by_hand(Kind.TAGS, "t5", {"name": "By hand", "value": "", "tagType": TAG.type.value})
        await stores.by_hand(Kind.TAGS, "t6", before | {"id": "t0"})  # somebody copied it in the console
        first, last = await stores.console.outdated(Kind.TAGS, "", 4)
        rest, end = await stores.console.outdated(Kind.TAGS, last, 4)
        assert [each.value.id for each in (*first, *rest)] == [f"t{number}" for number in range(5)]
        assert (last, end) == ("t3", None)
        told = [(id, await stores.console.read(Kind.TAGS, id)) for id in ("t0", "t5", "t6")]
        said = [stores.console.said_before(Kind.TAGS, id, written) for id, written in told]
        assert said == [first[0].value, None, None]
        assert first[0].value == TAG.model_copy(update={"id": "t0"})
        await stores.console.write(first[0].value, first[0].version)
        with pytest.raises(Stale):
            await stores.console.write(first[0].value, first[0].version)
        assert [each.value.id for each in (await stores.console.outdated(Kind.TAGS, "", 3))[0]] == ["t1", "t2"]
        assert await stores.console.outdated(Kind.TEMPLATES, "", 4) == ([], None)
        assert 0 <= (await stores.console.read(Kind.TAGS, "t5")).age_ms < 600_000

    on(play)


@pytest.mark.parametrize("accepted", [TAG, TEMPLATE], ids=["tag", "template"])
def test_what_ingest_has_not_looked_at_is_neither_written_over_nor_deleted_by_the_api(on: On, accepted: Any) -> None:
    async def play(stores: Any) -> None:
        kind = Kind.TAGS if accepted is TAG else Kind.TEMPLATES
        await stores.console.write(accepted, None)
        await stores.by_hand(kind, accepted.id, {"name": "By hand"}, merge=True)
        for does in (_edited, _deleted):
            with pytest.raises(Conflict, match="just editing it in the console"):
                await does(stores, accepted)
        written = await stores.console.read(kind, accepted.id)
        assert written.fields["name"] == "By hand"
        await stores.console.write(accepted, written.version)
        await _edited(stores, accepted)
        assert (await _get(stores, accepted)) != accepted
        await _deleted(stores, accepted)
        assert await stores.console.read(kind, accepted.id) is None

    on(play)


@pytest.mark.parametrize("accepted", [TAG, TEMPLATE], ids=["tag", "template"])
def test_an_edit_that_comes_between_the_look_and_the_write_is_found_by_the_write(on: On, accepted: Any) -> None:
    async def play(stores: Any) -> None:
        kind = Kind.TAGS if accepted is TAG else Kind.TEMPLATES
        await stores.console.write(accepted, None)
        looked = await _heeded(stores, accepted)
        await stores.by_hand(kind, accepted.id, {"name": "By hand"}, merge=True)
        write = stores.tags.describe if accepted is TAG else stores.templates.replace
        with pytest.raises(Stale):
            await write(accepted, looked)
        assert (await stores.console.read(kind, accepted.id)).fields["name"] == "By hand"
        await stores.gone(kind, accepted.id)
        with pytest.raises(Stale):
            await _heeded(stores, accepted)

    on(play)


async def _heeded(stores: Any, accepted: Any) -> Any:
    if isinstance(accepted, Tag):
        return await heed_tag(accepted, console=stores.console, tags=stores.tags)
    return await heed_template(accepted, console=stores.console, templates=stores.templates)


async def _edited(stores: Any, accepted: Any) -> None:
    """By the API."""
    told = {"tags": stores.tags, "console": stores.console, "audit": stores.audit, "clock": FakeClock()}
    if isinstance(accepted, Tag):
        await describe_tag(SERVER, accepted.id, {}, "By the API", **told)
    else:
        asked = NewTemplate(name="By the API", silent=True)
        await update_template(SERVER, accepted.id, asked, None, templates=stores.templates, **told)


async def _deleted(stores: Any, accepted: Any) -> None:
    """By the API."""
    told = {"templates": stores.templates, "console": stores.console, "clock": FakeClock()}
    if isinstance(accepted, Tag):
        await delete_tag(
            SERVER, accepted.id, tags=stores.tags, runs=stores.runs, jobs=stores.jobs, tasks=FakeTasks(),
            audit=stores.audit, **told,
        )  # fmt: skip
    else:
        await delete_template(SERVER, accepted.id, None, **told)


async def _get(stores: Any, accepted: Any) -> Any:
    if isinstance(accepted, Tag):
        return await stores.tags.get(accepted.id)
    found = await stores.templates.get(accepted.id)
    return None if found is None else found.value


def _other(version: Any) -> Any:
    """A version that the document was never at."""
    return version + 1 if isinstance(version, int) else version.replace(year=2_000)


def test_a_document_is_put_back_only_while_its_run_is_as_it_was_read_and_nothing_stands_there(on: On) -> None:
    async def play(stores: Any) -> None:
        wanted = schedule()
        await stores.runs.accept(wanted, run(id=wanted.id, schedule=wanted.id, request=wanted), [])
        found = await stores.runs.get(wanted.id)
        with pytest.raises(Stale):
            await stores.runs.put_back(found.value, "put back", found.version)
        await stores.gone(Kind.SCHEDULES, wanted.id)
        with pytest.raises(NotFound):
            await stores.runs.revise(wanted, found.value, None, found.version)
        await stores.runs.move(found.value.model_copy(update={"state": State.SENDING, "started_at": 9}), found.version)
        with pytest.raises(Stale):
            await stores.runs.put_back(found.value, "put back", found.version)
        now = await stores.runs.get(wanted.id)
        await stores.runs.put_back(now.value, "put back", now.version)
        written = await stores.console.read(Kind.SCHEDULES, wanted.id)
        assert (written.fields["state"], written.fields["notice"]) == ("sending", "put back")

    on(play)


STRANGE = [
    {"payload": {"data": {"x": datetime(2030, 1, 1, tzinfo=UTC)}}},
    {"payload": "a text"}, {"audience": []}, {"filterTags": {"a": 1}}, {"createdAt": 5}, {"v": "1"}, {"receipts": 3},
]  # fmt: skip


@pytest.mark.parametrize("fields", STRANGE, ids=str)
def test_whatever_people_write_into_one_document_the_lists_show_the_others(on: On, fields: dict[str, Any]) -> None:
    async def play(stores: Any) -> None:
        for number in range(4):
            wanted = schedule(id=f"{number:024x}", created_at=1_000 + number)
            await stores.runs.accept(wanted, run(id=wanted.id, schedule=wanted.id, request=wanted), [])
        await stores.by_hand(Kind.SCHEDULES, f"{1:024x}", fields, merge=True)
        seen: list[str] = []
        after = None
        for _ in range(6):
            page, after = await stores.schedules.list(Search(), 1, 0, after)
            seen += [each.id for each in page]
            if after is None:
                break
        assert {f"{number:024x}" for number in (0, 2, 3)} <= {*seen}

    on(play)


def test_a_copy_of_a_document_is_not_what_the_other_was_accepted_as(on: On) -> None:
    async def play(stores: Any) -> None:
        for accepted in (TAG, TEMPLATE):
            await stores.console.write(accepted, None)
            kind = Kind.TAGS if accepted is TAG else Kind.TEMPLATES
            written = await stores.console.read(kind, accepted.id)
            await stores.by_hand(kind, "copy", written.fields)
            copied = stores.tags.get("copy") if accepted is TAG else stores.templates.get("copy")
            assert await copied is None

    on(play)
