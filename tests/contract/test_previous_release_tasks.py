"""What the release before this one left to be done: its tasks do what they must, once, and its jobs go on."""

from datetime import timedelta
from unittest.mock import ANY

import pytest

from contract import earlier
from contract.upgraded import ADA, IDS, LEASE_S, After, World, played, said_before
from push.domain.housekeeping import HOUSEKEEPING
from push.domain.job import JobState
from push.domain.schedule import State
from push.usecases.resume_schedule import resume_schedule
from push.usecases.tasks import Answer, Task

HOUR = timedelta(hours=1)
# One of the twenty had been found dead by then.
PHONES = {f"token-{number}" for number in range(20)} - {"token-5"}
GOLD = {f"token-{number}" for number in range(1, 20, 2)} & PHONES


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> After:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    return played


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
        world.pass_s(LEASE_S)
        assert await world.call("deliver", Task(v=1, id=f"{IDS['sending']}/1", epoch=1)) is Answer.DONE
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
        region = said_before("jobs")[IDS["untag"]]["subject"]
        assert await world.ports.devices.carrying(region, 10) == []

    after(timedelta(), play)


def test_a_job_that_was_done_is_not_done_again(after: After) -> None:
    async def play(world: World) -> None:
        (task,) = (
            Task.model_validate(each["body"]) for each in earlier.told("tasks") if each["body"]["id"] == "e" * 24
        )
        before = await world.ports.jobs.get(task.id)
        assert (before.value.kind, before.value.state) == ("erase-device", JobState.DONE)
        assert await world.call("work", task) is Answer.DONE
        assert await world.ports.jobs.get(task.id) == before._replace(age_ms=ANY)
        assert world.tasks.created == []

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
