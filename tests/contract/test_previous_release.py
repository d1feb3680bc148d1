"""What the release before this one left in the store and in the queues: read, found, edited and sent by this one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contract import earlier
from contract.conftest import FirestoreStores
from fakes.engine import Engine
from fakes.identities import FakeIdentities
from fakes.sender import FakeSender
from fakes.tasks import FakeTasks
from push.bootstrap import SystemClock
from push.domain.account import Caller, Right
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.job import JobState
from push.domain.pace import Ramp
from push.domain.schedule import Search, State
from push.domain.tag import TagRef, TagType
from push.domain.tag_search import TagSearch
from push.domain.template import Message, Part
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.ports import Versioned
from push.ports.console import Kind
from push.usecases.deliver_shard import deliver_shard
from push.usecases.describe_tag import describe_tag
from push.usecases.ingest_schedule import ingest_schedule
from push.usecases.ingest_tag import ingest_tag
from push.usecases.ingest_template import ingest_template
from push.usecases.job_steps import job_steps
from push.usecases.post_schedule import post_schedule
from push.usecases.prepare_schedule import NewSchedule
from push.usecases.prepare_template import NewTemplate
from push.usecases.resume_schedule import resume_schedule
from push.usecases.send_draft import send_draft
from push.usecases.start_run import start_run
from push.usecases.sweep import first_turn, sweep
from push.usecases.tasks import Answer, Task
from push.usecases.update_template import update_template
from push.usecases.work_job import work_job
from push.usecases.worker import Worker

ADA = Caller(subject="user:ada", role="admin", rights=frozenset(Right))
IDS: dict[str, str] = earlier.told("about")["ids"]
RAMP = Ramp(600_000, 0, 0)
HOUR = timedelta(hours=1)
# One of the twenty had been found dead by then.
PHONES = {f"token-{number}" for number in range(20)} - {"token-5"}
GOLD = {f"token-{number}" for number in range(1, 20, 2)} & PHONES


class World:
    """This release over what the earlier one stored. `tasks` are those that this one makes."""

    def __init__(self, stores: FirestoreStores) -> None:
        self.ports: Any = stores
        self.clock, self.tasks, self.sender = SystemClock(), FakeTasks(), FakeSender()
        stores.__dict__.update(clock=self.clock, tasks=self.tasks, relay=None, identities=FakeIdentities())
        self._budget = Engine().budget
        self._workers = 0

    async def call(self, queue: str, task: Task, lease_s: float = 20) -> Answer:
        """As Cloud Tasks would."""
        ports = self.ports
        if queue == "work":
            return await work_job(
                task, steps=job_steps(ports), jobs=ports.jobs, tasks=self.tasks, clock=self.clock
            )  # fmt: skip
        engine = {"runs": ports.runs, "ledger": ports.ledger, "audience": ports.audience, "tasks": self.tasks}
        if queue == "send":
            return await start_run(task, ramp=RAMP, **engine)
        self._workers += 1
        worker = Worker(f"new-{self._workers}", lease_s, asyncio.Event(), self._budget)
        return await deliver_shard(
            task, sender=self.sender, relay=None, pace=ports.pace, clock=self.clock, worker=worker, **engine
        )  # fmt: skip

    async def call_old(self, name: str, lease_s: float = 20) -> list[Answer]:
        """Every task that the earlier release had made for it."""
        old = [each for each in earlier.told("tasks") if each["body"]["id"].split("/")[0] == IDS[name]]
        assert old, name
        return [await self.call(each["queue"], Task.model_validate(each["body"]), lease_s) for each in old]

    async def work_off(self) -> None:
        """The tasks that are due, and what they lead to."""
        while due := [task for task in self.tasks.created if (task.at or 0) <= self.clock.now()]:
            self.tasks.created = [task for task in self.tasks.created if task not in due]
            for task in due:
                await self.call(task.queue, Task(v=1, id=task.document, epoch=task.epoch))

    async def sweep(self) -> Any:
        ports = self.ports
        return await sweep(
            first_turn(self.clock), clock=self.clock, runs=ports.runs, ledger=ports.ledger, jobs=ports.jobs,
            tasks=self.tasks, ramp=RAMP, lease_s=20,
        )  # fmt: skip

    async def keep_house(self) -> None:
        """What the first call of sweep sets going; of the runs only housekeeping's task is seen to."""
        await self.sweep()
        self.tasks.created = [task for task in self.tasks.created if task.document == HOUSEKEEPING]
        await self.work_off()

    async def run(self, name: str) -> Any:
        return (await self.ports.runs.get(IDS[name])).value

    async def fields(self, kind: Kind, name: str) -> Any:
        return (await self.ports.console.read(kind, IDS[name])).fields

    def asking(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self.ports, name) for name in names}


Play = Callable[[World], Awaitable[None]]
After = Callable[[timedelta, Play], None]


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> After:
    """Plays what happens so long after the earlier release had stored all that."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def play(passed: timedelta, body: Play) -> None:
        async def whole() -> None:
            stores = FirestoreStores()
            try:
                shift = datetime.now(UTC) - earlier.written_at() - passed
                await earlier.store(stores.database.client, shift)
                await body(World(stores))
            finally:
                await stores.close()

        asyncio.run(whole())

    return play


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
        known = {name: found[path][name] for name in said} if isinstance(said, dict) else found[path]
        assert known == said, path


def test_within_a_minute_everything_is_found_as_it_was_before_and_then_left_alone(after: After) -> None:
    async def play(world: World) -> None:
        schedules, tags = world.ports.schedules, world.ports.tags
        await world.keep_house()
        for search in (Search(), Search(app=1), Search(app=1, name="To "), Search(app=1, state=State.SENT)):
            found = {each.id for each in (await schedules.list(search, 50, 0, None))[0]}
            expected = {id: said for id, said in _said("schedules").items() if _meant(search, said)}
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
        editing = world.asking("templates", "tags", "audit", "clock")
        await update_template(ADA, IDS["template"], new, None, **editing)
        await describe_tag(ADA, IDS["gold"], {}, "Ten cases a year", **world.asking("tags", "audit", "clock"))
        await ingest_template(ADA, IDS["template"], read_template, ports=world.ports)
        await ingest_tag(ADA, IDS["gold"], read_tag, ports=world.ports)
        template, tag = await world.fields(Kind.TEMPLATES, "template"), await world.fields(Kind.TAGS, "gold")
        assert (template["name"], template["revision"]) == ("Offers", 2)
        assert tag["description"] == "Ten cases a year"
        assert {"problem", "notice", "message", "type"}.isdisjoint(template.keys() | tag.keys())
        await send_draft(
            ADA, IDS["draft"], None, **world.asking("apps", "schedules", "runs", "tasks", "audit", "clock")
        )
        assert (await world.run("draft")).state is State.SCHEDULED

    after(timedelta(), play)


def test_a_post_that_is_repeated_to_this_release_is_not_done_twice(after: After) -> None:
    async def play(world: World) -> None:
        said = next(each for each in _said("schedules").values() if each["id"] == IDS["draft"])
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


@pytest.mark.parametrize("renewed", [False, True], ids=["as they were", "renewed"])
@pytest.mark.parametrize(
    ("name", "phones"), [("by-aliases", {"token-1", "token-2"}), ("by-tags", GOLD)], ids=["by aliases", "by tags"]
)
def test_what_was_scheduled_is_sent_once_by_the_old_task(
    after: After, name: str, phones: set[str], renewed: bool
) -> None:
    async def play(world: World) -> None:
        if renewed:
            await world.keep_house()
            world.tasks.created.clear()
        epoch = (await world.run(name)).epoch
        assert await world.call("send", Task(v=1, id=IDS[name], epoch=epoch - 1)) is Answer.DONE
        assert (await world.run(name)).state is State.SCHEDULED
        if not renewed:
            assert await world.call_old(name) == [Answer.DONE]
        else:  # sweep had found it late, and its old task does nothing any more
            await world.call("send", Task(v=1, id=IDS[name], epoch=epoch))
        await world.work_off()
        await world.call_old(name)
        assert sorted(world.sender.targets) == sorted(phones)
        run = await world.run(name)
        assert (run.state, run.counts["accepted"]) == (State.SENT, len(phones))
        schedule = await world.ports.schedules.get(IDS[name])
        assert (schedule.state, schedule.counts) == (State.SENT, run.counts)

    after(timedelta(minutes=61), play)


@pytest.mark.parametrize("renewed", [False, True], ids=["as it was", "renewed"])
def test_what_was_being_sent_goes_on_behind_what_was_done(after: After, renewed: bool) -> None:
    about = earlier.told("about")

    async def play(world: World) -> None:
        if renewed:
            await world.keep_house()
        send, done, held, fresh = await world.call_old("sending")
        # Its worker may still be there, until it has been silent for as long as a lease.
        assert (send, done, held, fresh) == (Answer.DONE, Answer.DONE, Answer.BUSY, Answer.DONE)
        await asyncio.sleep(0.3)
        assert await world.call("deliver", Task(v=1, id=f"{IDS['sending']}/1", epoch=1), 0.2) is Answer.DONE
        sent = world.sender.targets
        before = {*about["sentInShard0"], about["cursorOfShard1"]}
        assert sorted(sent) == sorted((PHONES | {"fid-0"}) - before)
        run = await world.run("sending")
        assert (run.state, run.counts["accepted"], run.counts["targeted"]) == (State.SENT, 20, 20)

    after(timedelta(), play)


def test_what_was_halted_stays_so_until_somebody_resumes_it(after: After) -> None:
    async def play(world: World) -> None:
        assert set(await world.call_old("halted")) == {Answer.DONE}
        assert ((await world.run("halted")).state, world.sender.targets) == (State.HALTED, [])
        asking = world.asking("apps", "schedules", "runs", "tasks", "audit", "clock")
        await resume_schedule(ADA, IDS["halted"], None, **asking)
        await world.work_off()
        assert sorted(world.sender.targets) == sorted(GOLD)
        assert (await world.run("halted")).state is State.SENT

    after(timedelta(), play)


def test_what_was_sent_keeps_its_counts_failures_and_activity(after: After) -> None:
    async def play(world: World) -> None:
        await world.keep_house()
        before = await world.run("sent")
        assert set(await world.call_old("sent")) == {Answer.DONE}
        assert (await world.run("sent"), world.sender.targets) == (before, [])
        assert (before.counts["accepted"], before.counts["failed"]) == (5, 3)
        failures, _ = await world.ports.ledger.failures(IDS["sent"], 10, None)
        assert sorted(each.code for each in failures if each.code) == [
            "INVALID_ARGUMENT",
            "NO_SUCH_DEVICE",
            "UNREGISTERED",
        ]
        assert (await world.ports.activity.tally(IDS["sent"]))[:3] == (2, 1, 0)

    after(timedelta(), play)


def test_a_job_goes_on_and_that_of_a_days_pruning_ends_for_the_one_that_took_its_place(after: After) -> None:
    async def play(world: World) -> None:
        assert await world.call_old("prune") == [Answer.DONE, Answer.DONE]
        prune = (await world.ports.jobs.get(IDS["prune"])).value
        assert (prune.state, prune.done) == (JobState.DONE, 4)
        await world.call_old("untag")
        untag = (await world.ports.jobs.get(IDS["untag"])).value
        assert (untag.state, untag.done) == (JobState.RUNNING, 1)  # it waits until nobody can remember the tag
        region = _said("jobs")[IDS["untag"]]["subject"]
        assert await world.ports.devices.carrying(region, 10) == []

    after(timedelta(), play)


def test_sweep_moves_all_of_it_when_every_task_was_lost(after: After) -> None:
    async def play(world: World) -> None:
        swept = await world.sweep()
        looks = [*swept.runs.looks, *swept.jobs.looks]
        assert [look for look in looks if look.error] == []
        assert {
            IDS["by-aliases"],
            IDS["by-tags"],
            IDS["sending"],
            IDS["halted"],
            IDS["prune"],
            IDS["untag"],
            HOUSEKEEPING,
        } == {look.id for look in looks if look.moved or look.id == HOUSEKEEPING}

    after(2 * HOUR, play)


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


def _said(collection: str) -> dict[str, Any]:
    """What the earlier release itself read there, by id."""
    return {said["id"]: said for path, said in earlier.told("read").items() if path.startswith(f"{collection}/")}


def _meant(search: Search, said: dict[str, Any]) -> bool:
    state = search.state is None or said["state"] == search.state.value
    return state and str(said["name"]).startswith(search.name or "")
