"""Documents written by hand: accepted, edited, called off, explained; whatever the order of events, and never in a
circle."""

import asyncio
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.made import device
from fakes.ports import FakePorts
from fakes.world import ANDROID, app
from push.domain.account import Caller, Right
from push.domain.audit import Action
from push.domain.device import CarriedTag
from push.domain.errors import Unavailable
from push.domain.run import WATCH_MS
from push.domain.schedule import DAY_MS, State
from push.domain.tag import Tag, TagType, tag_key
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.ports.console import Kind
from push.usecases.delete_template import delete_template
from push.usecases.ingest_schedule import ingest_schedule
from push.usecases.ingest_tag import ingest_tag
from push.usecases.ingest_template import ingest_template
from push.usecases.move_run import ended
from push.usecases.note_change import note_change

EDITOR = Caller(subject="console:ann@example.org", role="console", rights=frozenset(Right))
ID = "fromTheConsole"
HOUR_MS = 3_600_000


class Desk:
    """Somebody at the console, and ingest, which hears of what they do when a test says so."""

    def __init__(self) -> None:
        self.ports = FakePorts()
        self.ports.apps.stored[1] = app(1)
        self.ports.tags.stored[ANDROID.id] = ANDROID
        self.console = self.ports.console

    def put(self, **fields: Any) -> None:
        self.console.put(Kind.SCHEDULES, ID, {"appId": 1, "name": "Autumn wines"} | fields)

    def edit(self, **fields: Any) -> None:
        self.console.edit(Kind.SCHEDULES, ID, **fields)

    def hear(self, times: int = 1) -> dict[str, Any]:
        """What the document says afterwards."""
        for _ in range(times):
            asyncio.run(ingest_schedule(EDITOR, ID, read_schedule, ports=self.ports))
        return self.shown

    @property
    def shown(self) -> dict[str, Any]:
        return self.console.shown(Kind.SCHEDULES, ID)

    @property
    def run(self) -> Any:
        return self.ports.runs.stored[ID][0]

    @property
    def version(self) -> Any:
        return self.ports.runs.documents.version(ID)

    def state(self, state: State) -> None:
        """What the engine makes of the run."""
        run, version, _ = self.ports.runs.stored[ID]
        now = self.ports.clock.now()
        moved = (
            run.model_copy(update={"state": state, "started_at": now, "wake_at": now + WATCH_MS})
            if state is State.SENDING
            else ended(run, state, "for a reason", now)
        )
        asyncio.run(self.ports.runs.move(moved, version))

    def state_now(self, state: State) -> None:
        """The same from within what runs already."""
        run, version, at = self.ports.runs.stored[ID]
        self.ports.runs.stored[ID] = (ended(run, state, "for a reason", self.ports.clock.now()), version + 1, at)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_app_and_a_name_are_enough(desk: Desk) -> None:
    desk.put()
    shown = desk.hear()
    assert shown["state"] == "scheduled"
    assert shown["createdBy"] == "console:ann@example.org"
    assert desk.run.state is State.SCHEDULED
    assert desk.run.request == desk.ports.runs.schedules[ID]
    assert [task.document for task in desk.ports.tasks.created] == [ID]
    (change,) = desk.ports.audit.kept
    assert (change.actor, change.action.value, change.resource_id) == (EDITOR.subject, "create", ID)


def test_a_time_is_a_timestamp_or_a_number_and_tags_are_texts_or_maps(desk: Desk) -> None:
    later = desk.ports.clock.now() + HOUR_MS
    desk.put(
        sendOn=datetime.fromtimestamp(later / 1000, UTC), expiresAt=float(later + HOUR_MS),
        filterTags=["platform name: Android", {"id": ANDROID.id}, {"name": "Platform Name", "value": "android"}],
    )  # fmt: skip
    desk.hear()
    assert (desk.run.send_on, desk.run.expires_at) == (later, later + HOUR_MS)
    assert desk.run.audience.groups == ((ANDROID.id,),)


def test_names_of_a_list_go_where_nothing_long_stands_on_a_document(desk: Desk) -> None:
    desk.put(aliases=["a", "b", "a"])
    shown = desk.hear()
    assert "aliases" not in shown
    assert shown["audience"]["listed"] == 2
    assert desk.ports.runs.lists[ID, "0"] == ("a", "b")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"filterTags": ["Platfrom Name: Android"]}, "filterTags[0]: there is no tag 'Platfrom Name'; did you mean 'Platform Name'?"),  # noqa: E501
        ({"filterTags": ["Platform Name: Andriod"]}, "filterTags[0]: there is no tag 'Platform Name' with the value 'Andriod'; did you mean 'android'?"),  # noqa: E501
        ({"filterTags": ["Platform Name"]}, "filterTags[0]: there is no tag 'Platform Name' without a value: say which, such as 'android'"),  # noqa: E501
        ({"filterTags": [{"id": "nobody"}]}, "filterTags[0]: there is no tag with the id 'nobody'"),
        ({"appId": 99}, "no such app: check appId"),
        ({"name": ""}, "name: must not be empty"),
        ({"titel": "x"}, "titel: is unknown: leave it out"),
        ({"sendOn": "tomorrow"}, "sendOn: must be a whole number"),
        ({"payload": {"notification": {"sound": "trumpet"}}}, None),
        ({"payload": {"data": {"when": datetime(2026, 1, 1, tzinfo=UTC)}}}, "payload.data.when: is a timestamp, which cannot be sent: write a text, a number, a map or a list"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_wrong_stands_in_the_document_in_plain_words(
    desk: Desk, fields: dict[str, Any], problem: str | None
) -> None:
    desk.put(**fields)
    shown = desk.hear()
    assert shown["state"] == "invalid"
    assert problem is None or shown["problem"] == problem
    assert shown["problem"]
    assert ID not in desk.ports.runs.stored
    before = desk.version
    desk.hear(2)
    assert desk.version == before


def test_a_copy_of_a_document_that_was_sent_is_not_sent(desk: Desk) -> None:
    desk.put(state="sent")
    shown = desk.hear(3)
    assert (
        shown["problem"] == "state: is written by the system: write draft to keep it, or delete this field to send it"
    )
    assert ID not in desk.ports.runs.stored
    desk.edit(state=None)
    assert desk.hear()["state"] == "scheduled"


def test_a_field_that_only_we_write_is_no_reason_to_refuse_a_copy_of_a_document(desk: Desk) -> None:
    desk.put(revision=7, createdBy="somebody else", nameKey="x", counts={"accepted": 1})
    shown = desk.hear()
    assert (shown["state"], shown["revision"], shown["createdBy"]) == ("scheduled", 1, EDITOR.subject)


def test_correcting_what_is_wrong_is_enough(desk: Desk) -> None:
    desk.put(filterTags=["Platfrom Name: Android"])
    desk.hear()
    desk.edit(filterTags=["Platform Name: Android"])
    shown = desk.hear()
    assert shown["state"] == "scheduled"
    assert shown.get("problem") is None


def test_a_draft_waits_until_its_state_says_that_it_is_to_be_sent(desk: Desk) -> None:
    desk.put(state="draft")
    assert desk.hear()["state"] == "draft"
    assert desk.ports.tasks.created == []
    desk.edit(state="scheduled", payload={"notification": {"title": "Now"}})
    assert desk.hear()["state"] == "scheduled"
    assert desk.run.content.payload.notification.title == "Now"
    assert [task.document for task in desk.ports.tasks.created] == [ID]


def test_what_waits_is_armed_anew_when_its_time_is_edited_and_lives_a_day_from_then(desk: Desk) -> None:
    now = desk.ports.clock.now()
    desk.put(sendOn=now + HOUR_MS)
    desk.hear()
    epoch = desk.run.epoch
    desk.edit(sendOn=now + 72 * HOUR_MS)
    shown = desk.hear()
    assert desk.run.send_on == now + 72 * HOUR_MS
    assert desk.run.expires_at == now + 72 * HOUR_MS + DAY_MS
    assert desk.run.epoch == epoch + 1
    assert shown["revision"] == desk.run.revision == 2


def test_an_edit_keeps_the_names_of_a_list_that_it_does_not_mention(desk: Desk) -> None:
    desk.put(aliases=["a", "b"], sendOn=desk.ports.clock.now() + HOUR_MS)
    desk.hear()
    desk.edit(name="Another name")
    assert desk.hear()["audience"]["listed"] == 2
    assert desk.ports.runs.lists[ID, "0"] == ("a", "b")
    desk.edit(aliases=["c"])
    desk.hear()
    assert desk.ports.runs.lists[ID, "0"] == ("c",)


def test_a_wrong_edit_changes_nothing_and_says_what_is_in_force(desk: Desk) -> None:
    desk.put(sendOn=desk.ports.clock.now() + HOUR_MS)
    desk.hear()
    before = desk.run
    desk.edit(name="")
    shown = desk.hear(2)
    assert (
        shown["problem"] == "name: must not be empty; until this is corrected, what was accepted before stays scheduled"
    )
    assert desk.run == before
    desk.edit(name="Autumn wines")
    assert desk.hear().get("problem") is None


@pytest.mark.parametrize("state", [State.SCHEDULED, State.SENDING, State.HALTED])
def test_cancelled_in_the_state_cancels(desk: Desk, state: State) -> None:
    desk.put()
    desk.hear()
    if state is not State.SCHEDULED:
        desk.state(state)
    desk.edit(state="cancelled")
    assert desk.hear()["state"] == "cancelled"
    assert desk.run.state is State.CANCELLED


def test_sending_in_the_state_of_a_halted_one_resumes_it(desk: Desk) -> None:
    desk.put()
    desk.hear()
    desk.state(State.SENDING)
    desk.state(State.HALTED)
    desk.edit(state="sending")
    assert desk.hear()["state"] == "sending"
    assert desk.run.state is State.SENDING


def test_what_cannot_be_done_is_put_back_and_says_so_once(desk: Desk) -> None:
    desk.put(sendOn=desk.ports.clock.now() + HOUR_MS)
    desk.hear()
    desk.state(State.SENDING)
    desk.edit(state="draft", name="Another", counts={"accepted": 9})
    shown = desk.hear()
    assert (shown["state"], shown["name"], shown["counts"]) == ("sending", "Autumn wines", None)
    assert "name: put back, since it is sending" in shown["notice"]
    assert "cannot become 'draft'" in shown["notice"]
    assert "counts: put back, since only the system writes that" in shown["notice"]
    before = desk.version
    assert desk.hear(2)["notice"] == shown["notice"]
    assert desk.version == before


def test_what_the_engine_writes_is_no_edit(desk: Desk) -> None:
    desk.put()
    desk.hear()
    for state in (State.SENDING, State.EXPIRED):
        desk.state(state)
        before = desk.version
        desk.hear(2)
        assert desk.version == before
        assert desk.shown["state"] == state.value


def test_deleting_a_document_calls_it_off_unless_it_is_being_sent(desk: Desk) -> None:
    desk.put(sendOn=desk.ports.clock.now() + HOUR_MS)
    desk.hear()
    desk.console.delete(Kind.SCHEDULES, ID)
    desk.hear(2)
    assert desk.run.state is State.CANCELLED
    assert desk.shown == {}
    other = Desk()
    other.put()
    other.hear()
    other.state(State.SENDING)
    other.console.delete(Kind.SCHEDULES, ID)
    assert other.hear()["notice"].startswith("put back, since it is being sent")
    assert other.run.state is State.SENDING


def test_an_id_that_no_schedule_can_have_is_explained(desk: Desk) -> None:
    desk.console.put(Kind.SCHEDULES, "with a space", {"appId": 1, "name": "x"})
    asyncio.run(ingest_schedule(EDITOR, "with a space", read_schedule, ports=desk.ports))
    assert desk.console.shown(Kind.SCHEDULES, "with a space")["problem"].startswith("id: ")


def test_whoever_is_overtaken_again_and_again_gives_up_and_is_asked_again(desk: Desk) -> None:
    class Busy(type(desk.console)):  # type: ignore[misc]
        async def read(self, kind: Kind, id: str) -> Any:
            found = await super().read(kind, id)
            self.edit(kind, id, name=f"Name {random.random()}")
            return found

    desk.put()
    desk.ports.console = Busy(desk.ports.runs, desk.ports.templates, desk.ports.tags)
    with pytest.raises(Unavailable):
        desk.hear()


EDITS = st.sampled_from(
    [
        {"name": "Another name"}, {"name": ""}, {"filterTags": ["Platform Name: android"]}, {"filterTags": ["x: y"]},
        {"state": "cancelled"}, {"state": "sent"}, {"counts": {"accepted": 5}}, {"aliases": ["a"]}, {"note": "mine"},
        {"payload": {"notification": {"title": "T"}}}, {"payload": "text"}, {"audience": {"kind": "users"}},
        {"sendOn": 1}, {"revision": 99}, {"appId": 2}, {"draft": True},
    ]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.one_of(EDITS, st.sampled_from(["hear", "send", "end"])), max_size=12))
def test_whatever_is_edited_in_whatever_order_document_and_run_agree_in_the_end(steps: list[Any]) -> None:
    desk = Desk()
    desk.put(sendOn=desk.ports.clock.now() + HOUR_MS)
    for step in steps:
        known = ID in desk.ports.runs.stored
        if step == "hear":
            desk.hear()
        elif step == "send" and known and desk.run.state is State.SCHEDULED:
            desk.state(State.SENDING)
        elif step == "end" and known and desk.run.state is State.SENDING:
            desk.state(State.EXPIRED)
        elif isinstance(step, dict):
            desk.edit(**step)
    shown = desk.hear()
    if ID not in desk.ports.runs.stored:
        assert shown["state"] == "cancelled" or shown["problem"]
        return
    written = asyncio.run(desk.console.read(Kind.SCHEDULES, ID))
    assert written is not None
    differing = desk.console.edits(written, desk.run.mirror)
    assert not differing or ((shown["problem"] and shown["state"] == desk.run.state.value) or "state" in differing)
    version = desk.version
    desk.hear(2)
    assert desk.version == version


def test_a_template_is_accepted_corrected_and_kept_as_it_was_while_it_is_wrong(desk: Desk) -> None:
    def hear() -> dict[str, Any]:
        asyncio.run(ingest_template(EDITOR, "offer", read_template, ports=desk.ports))
        return desk.console.shown(Kind.TEMPLATES, "offer")

    desk.console.put(Kind.TEMPLATES, "offer", {"name": "Offer", "allows": ["txt"]})
    shown = hear()
    assert shown["state"] == "invalid"
    assert shown["problem"].startswith("allows[0]: ")
    desk.console.edit(Kind.TEMPLATES, "offer", allows=["text"], filterTags=["platform name: android"])
    shown = hear()
    assert "problem" not in shown
    accepted = desk.ports.templates.stored["offer"][0]
    assert accepted.tag_ids == (ANDROID.id,)
    desk.console.edit(Kind.TEMPLATES, "offer", silent="perhaps")
    assert hear()["problem"].endswith("until this is corrected, senders get it as it was accepted before")
    assert desk.ports.templates.stored["offer"][0] == accepted
    desk.console.edit(Kind.TEMPLATES, "offer", silent=False, name="Better offer")
    hear()
    assert desk.ports.templates.stored["offer"][0].revision == 2
    desk.console.edit(Kind.TEMPLATES, "offer", revision=9)
    assert hear()["notice"] == "revision: put back, since only the system writes that"


def test_who_deleted_a_template_by_hand_is_in_the_audit_once(desk: Desk) -> None:
    def hear(id: str) -> list[tuple[str, str]]:
        desk.ports.clock.pass_ms(1)
        asyncio.run(ingest_template(EDITOR, id, read_template, ports=desk.ports))
        return [(change.action.value, change.actor) for change in desk.ports.audit.kept if change.resource_id == id]

    desk.console.put(Kind.TEMPLATES, "offer", {"name": "Offer", "silent": True})
    hear("offer")
    desk.console.delete(Kind.TEMPLATES, "offer")
    told = [("create", EDITOR.subject), ("delete", EDITOR.subject)]
    assert [hear("offer"), hear("offer")] == [told, told]
    # What nobody had accepted was no template.
    desk.console.put(Kind.TEMPLATES, "wrong", {"silent": "perhaps"})
    desk.console.delete(Kind.TEMPLATES, "wrong")
    assert hear("wrong") == []


def delete_by_the_api(ports: FakePorts) -> None:
    ann = Caller(subject="ann", role="admin", rights=frozenset(Right))
    asyncio.run(
        delete_template(ann, "offer", None, templates=ports.templates, console=ports.console, clock=ports.clock)
    )


def test_a_template_deleted_by_the_api_has_its_entry_already(desk: Desk) -> None:
    desk.console.put(Kind.TEMPLATES, "offer", {"name": "Offer", "silent": True})
    asyncio.run(ingest_template(EDITOR, "offer", read_template, ports=desk.ports))
    desk.ports.clock.pass_ms(1)
    delete_by_the_api(desk.ports)
    asyncio.run(ingest_template(EDITOR, "offer", read_template, ports=desk.ports))
    assert [(change.action.value, change.actor) for change in desk.ports.audit.kept][1:] == [("delete", "ann")]


def test_an_event_of_a_template_that_the_api_deletes_is_never_quicker_than_its_entry(desk: Desk) -> None:
    ports = desk.ports
    desk.console.put(Kind.TEMPLATES, "offer", {"name": "Offer", "silent": True})
    asyncio.run(ingest_template(EDITOR, "offer", read_template, ports=ports))
    desk.ports.clock.pass_ms(1)
    delete = ports.templates.delete

    async def and_heard_at_once(*args: Any) -> None:
        await delete(*args)
        await ingest_template(EDITOR, "offer", read_template, ports=ports)

    ports.templates.delete = and_heard_at_once  # type: ignore[method-assign, assignment]
    delete_by_the_api(ports)
    assert [(change.action.value, change.actor) for change in ports.audit.kept][1:] == [("delete", "ann")]


def test_a_tag_is_accepted_described_and_never_renamed(desk: Desk) -> None:
    def hear(id: str) -> dict[str, Any]:
        asyncio.run(ingest_tag(EDITOR, id, read_tag, ports=desk.ports))
        return desk.console.shown(Kind.TAGS, id)

    desk.console.put(Kind.TAGS, "twin", {"name": "PLATFORM name", "value": "Android", "type": ANDROID.type.value})
    assert hear("twin")["problem"].startswith(f"tag {ANDROID.id} has this type, name and value")
    desk.console.put(Kind.TAGS, "gold", {"name": "Customer", "value": "gold"})
    assert hear("gold")["key"] == tag_key(desk.ports.tags.stored["gold"].type, "Customer", "gold")
    desk.console.edit(Kind.TAGS, "gold", name="Client", description="pays well")
    shown = hear("gold")
    assert (shown["name"], shown["description"]) == ("Customer", "pays well")
    assert shown["notice"] == "name: put back, since that never changes: add another tag"


@pytest.mark.parametrize("used", [False, True])
def test_the_description_of_a_tag_that_is_deleted_by_hand_is_known_from_the_audit(desk: Desk, used: bool) -> None:
    def hear() -> dict[str, Any]:
        desk.ports.clock.pass_ms(1)
        asyncio.run(ingest_tag(EDITOR, "gold", read_tag, ports=desk.ports))
        return desk.console.shown(Kind.TAGS, "gold")

    desk.console.put(Kind.TAGS, "gold", {"name": "Customer", "value": "gold", "description": "pays"})
    hear()
    desk.console.edit(Kind.TAGS, "gold", description="pays well")
    accepted = hear()
    carried = CarriedTag(id="gold", name="Customer", value="gold", type=desk.ports.tags.stored["gold"].type)
    asyncio.run(desk.ports.devices.put_many(1, [device(1).model_copy(update={"tags": (carried,)})]))
    if used:
        desk.put(filterTags=["customer: gold"], sendOn=desk.ports.clock.now() + HOUR_MS)
        desk.hear()
    desk.console.delete(Kind.TAGS, "gold")
    back = hear()
    if used:
        assert back == accepted | {"notice": f"put back, since notification {ID} goes by it"}
    else:
        (job,) = (row[0] for row in desk.ports.jobs.stored.values())
        assert job.arguments["description"] == "pays well"
        assert desk.ports.audit.kept[-1].changes["description"] == ["pays well", None]


def test_a_tag_made_anew_by_devices_has_no_description_of_the_one_before(desk: Desk) -> None:
    """Whoever makes it on the way leaves no entry, so the last one is of the deletion."""
    ports, gold = desk.ports, Tag(id="gold", name="Customer", value="gold", type=TagType.USER, description="pays")
    asyncio.run(note_change(EDITOR, Action.DELETE, "tag", "gold", ports.clock.now(), gold, None, audit=ports.audit))
    ports.tags.stored["gold"] = gold.model_copy(update={"description": ""})
    desk.put(filterTags=["customer: gold"], sendOn=ports.clock.now() + HOUR_MS)
    desk.hear()
    desk.console.delete(Kind.TAGS, "gold")
    asyncio.run(ingest_tag(EDITOR, "gold", read_tag, ports=ports))
    assert ports.tags.stored["gold"].description == ""


@pytest.mark.parametrize("used", [False, True])
def test_a_tag_that_is_deleted_is_taken_off_the_devices_unless_something_goes_by_it(desk: Desk, used: bool) -> None:
    carried = CarriedTag(id=ANDROID.id, name=ANDROID.name, value=ANDROID.value, type=ANDROID.type)

    asyncio.run(desk.ports.devices.put_many(1, [device(1).model_copy(update={"tags": (carried,)})]))
    if used:
        desk.put(filterTags=["platform name: android"], sendOn=desk.ports.clock.now() + HOUR_MS)
        desk.hear()
    desk.console.delete(Kind.TAGS, ANDROID.id)
    asyncio.run(ingest_tag(EDITOR, ANDROID.id, read_tag, ports=desk.ports))
    if used:
        assert desk.console.shown(Kind.TAGS, ANDROID.id)["notice"] == f"put back, since notification {ID} goes by it"
    else:
        (job,) = (row[0] for row in desk.ports.jobs.stored.values())
        assert job.subject == ANDROID.id


def test_a_copy_of_a_notification_to_a_few_people_is_never_a_broadcast(desk: Desk) -> None:
    desk.put(aliases=["ann"], sendOn=desk.ports.clock.now() + HOUR_MS)
    copy = desk.hear()
    desk.console.put(Kind.SCHEDULES, "copy", copy)
    asyncio.run(ingest_schedule(EDITOR, "copy", read_schedule, ports=desk.ports))
    shown = desk.console.shown(Kind.SCHEDULES, "copy")
    assert "copy" not in desk.ports.runs.stored
    assert "audience of aliases" in shown["problem"]
    desk.console.edit(Kind.SCHEDULES, "copy", aliases=["bob"])
    asyncio.run(ingest_schedule(EDITOR, "copy", read_schedule, ports=desk.ports))
    assert desk.ports.runs.lists["copy", "0"] == ("bob",)


def test_a_draft_with_a_mistake_is_still_a_draft_when_that_is_corrected(desk: Desk) -> None:
    desk.put(state=" Draft", filterTags=["Nobody: knows"])
    assert desk.hear()["state"] == "invalid"
    desk.edit(filterTags=[])
    assert desk.hear()["state"] == "draft"
    assert desk.ports.tasks.created == []


def test_a_draft_that_is_edited_and_sent_in_one_write_is_one_revision(desk: Desk) -> None:
    desk.put(state="draft", sendOn=desk.ports.clock.now() - 1)
    desk.hear()
    desk.edit(state="scheduled", name="Ready")
    shown = desk.hear()
    assert (shown["state"], shown["name"], shown["revision"]) == ("scheduled", "Ready", 2)
    assert [task.epoch for task in desk.ports.tasks.created] == [2]


def test_a_run_that_halts_while_its_document_is_read_is_not_resumed(desk: Desk) -> None:
    desk.put()
    desk.hear()
    desk.state(State.SENDING)
    get = desk.ports.runs.get

    async def late(id: str) -> Any:
        desk.ports.runs.get = get  # type: ignore[method-assign]
        run, version, _ = desk.ports.runs.stored[ID]
        await desk.ports.runs.move(ended(run, State.HALTED, "FCM", desk.ports.clock.now()), version)
        return await get(id)

    desk.ports.runs.get = late  # type: ignore[method-assign]
    desk.hear()
    assert desk.run.state is State.HALTED


def test_what_is_put_back_says_what_the_run_says_in_that_moment(desk: Desk) -> None:
    desk.put()
    desk.hear()
    desk.state(State.SENDING)
    desk.console.delete(Kind.SCHEDULES, ID)
    put_back = desk.ports.runs.put_back

    async def late(*args: Any) -> None:
        desk.ports.runs.put_back = put_back  # type: ignore[method-assign]
        desk.state_now(State.HALTED)
        await put_back(*args)

    desk.ports.runs.put_back = late  # type: ignore[method-assign, assignment]
    desk.hear(2)
    assert desk.run.state is State.HALTED
    assert not [change for change in desk.ports.audit.kept if change.action.value == "resume"]


def test_a_given_tag_is_neither_replaced_nor_taken_off(desk: Desk) -> None:
    gambia = "000000000000000000000180"
    desk.console.put(Kind.TAGS, gambia, {"name": "Mine", "value": "x"})
    asyncio.run(ingest_tag(EDITOR, gambia, read_tag, ports=desk.ports))
    assert "every installation has a tag of this id" in desk.console.shown(Kind.TAGS, gambia)["problem"]
    desk.console.delete(Kind.TAGS, gambia)
    asyncio.run(ingest_tag(EDITOR, gambia, read_tag, ports=desk.ports))
    assert desk.ports.jobs.stored == {}


def test_a_tag_that_nobody_carries_yet_is_put_back_for_whom_it_is_filtered_by(desk: Desk) -> None:
    desk.put(filterTags=["platform name: android"], sendOn=desk.ports.clock.now() + HOUR_MS)
    desk.hear()
    desk.console.delete(Kind.TAGS, ANDROID.id)
    asyncio.run(ingest_tag(EDITOR, ANDROID.id, read_tag, ports=desk.ports))
    assert desk.ports.tags.stored[ANDROID.id].value == "android"
