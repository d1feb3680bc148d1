"""Watching a sending: how far it is, and how the watching ends."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fakes import made
from fakes.terminal import Halo
from push.domain.run import totals
from push.domain.schedule import State

ID = "a" * 24


@pytest.fixture
def halo(halo: Halo) -> Halo:
    halo.put(ID, State.SENDING, name="[b]Wines\x1b[2J", shards=4, estimate=1_000, started_at=1, audience=_everybody())
    _of_everybody(halo)
    at(halo, 0, 0)()
    return halo


def _everybody() -> Any:
    return made.run().audience.model_copy(update={"groups": ()})


def _of_everybody(halo: Halo) -> None:
    schedules = halo.world.ports.runs.schedules
    schedules[ID] = schedules[ID].model_copy(update={"audience": _everybody()})


def at(halo: Halo, accepted: int, done: int) -> Callable[[], None]:
    """What the ledger says from then on: `done` of four shards."""

    def happen() -> None:
        shards = [made.shard(str(n), ID, done=n < done) for n in range(4)]
        shards[0] = shards[0].model_copy(update={"counts": {"accepted": accepted}})
        halo.world.ports.ledger.shards = {(ID, each.id): (each, 1, 1) for each in shards}

    return happen


def ended(halo: Halo, state: State = State.SENT, **fields: Any) -> Callable[[], None]:
    def happen() -> None:
        halo.put(
            ID, state, name="[b]Wines\x1b[2J", shards=4, started_at=1, audience=_everybody(), wake_at=None, **fields
        )
        _of_everybody(halo)

    return happen


def sent(halo: Halo) -> Callable[[], None]:
    return ended(halo, counts=totals({"accepted": 990, "dead": 10}), reasons={})


def test_a_script_reads_an_object_for_each_step_up_to_the_whole(halo: Halo) -> None:
    halo.meanwhile = [at(halo, 250, 1), at(halo, 250, 1), at(halo, 500, 2), sent(halo)]
    told = halo.lines("watch", ID)
    assert [each["share"] for each in told] == [0, 0.25, 0.5, 1]
    assert [each["shards"]["done"] for each in told[:3]] == [0, 1, 2]
    assert (told[1]["rate"], told[2]["rate"], told[2]["of"]) == (250, 166.7, 1_000)
    assert (told[-1]["state"], told[-1]["accepted"], told[-1]["failed"]) == ("sent", 990, 10)


def test_in_a_file_it_is_a_line_for_each_state_and_now_and_then_one_between(halo: Halo) -> None:
    halo.meanwhile = [at(halo, n * 10, 1) for n in range(12)] + [sent(halo)]
    found = halo("watch", ID)
    assert (found.exit_code, "\x1b" in found.output) == (0, False)
    lines = [line.split("  ", 1)[1] for line in found.stdout.splitlines()]
    assert lines[0] == "sending  0 of about 1,000, 0 accepted, 0 failed, 0 of 4 shards"
    assert lines[1:] == [
        "sending  90 of about 1,000, 90 accepted, 0 failed, 1 of 4 shards  9/s", "sent  990 accepted, 10 failed",
    ]  # fmt: skip


def test_on_a_terminal_a_bar_grows_to_the_whole(halo: Halo) -> None:
    halo.meanwhile = [at(halo, 250, 1), sent(halo)]
    shown = halo("watch", ID, terminal=True).stdout
    assert all(each in shown for each in ("25%", "100%", "━━━", "250/s", "1 of 4 shards", "990 accepted, 10 failed"))
    assert "[b]Wines\\x1b[2J" in shown
    assert "\x1b[2J" not in shown


def test_more_than_was_estimated_is_not_the_whole_before_it_is_sent(halo: Halo) -> None:
    halo.meanwhile = [at(halo, 2_000, 3), sent(halo)]
    assert [each["share"] for each in halo.lines("watch", ID)] == [0, 0.99, 1]


@pytest.mark.parametrize("state", [State.HALTED, State.CANCELLED, State.FAILED, State.EXPIRED])
def test_whatever_ends_it_but_being_sent_is_a_failure_with_its_reason(halo: Halo, state: State) -> None:
    halo.meanwhile = [ended(halo, state, reason="FCM said \x1bno")]
    found = halo("watch", ID)
    assert (found.exit_code, "FCM said \\x1bno" in found.stdout) == (1, True)
    assert ("halo resume" in found.stderr) == (state is State.HALTED)


def test_a_draft_is_not_waited_for(halo: Halo) -> None:
    ended(halo, State.DRAFT)()
    found = halo("watch", ID)
    assert (found.exit_code, "is a draft" in found.stderr, halo.slept) == (1, True, [])


def test_ctrl_c_ends_the_watching_and_says_that_the_sending_goes_on(halo: Halo) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    halo.meanwhile = [interrupt]
    found = halo("watch", ID)
    assert (found.exit_code, "the sending goes on" in found.stderr) == (130, True)
    assert halo.world.ports.runs.stored[ID][0].state is State.SENDING
    assert halo.wire.paths("POST") == []


def test_what_is_due_tomorrow_is_looked_at_rarely_and_when_it_is_due_often(halo: Halo) -> None:
    now = halo.world.ports.clock.now()
    halo.put(ID, State.SCHEDULED, send_on=now + 40_000)
    schedules = halo.world.ports.runs.schedules
    schedules[ID] = schedules[ID].model_copy(update={"send_on": now + 40_000})
    halo.meanwhile = [lambda: None] * 4 + [sent(halo)]
    found = halo("watch", ID)
    assert (found.exit_code, halo.slept) == (0, [15, 15, 10, 1, 1])
    assert "in 40 s" in found.stdout


def test_a_server_that_is_replaced_meanwhile_is_waited_for(halo: Halo) -> None:
    def gone() -> None:
        halo.wire.faults = [httpx.ConnectError("refused"), httpx.ConnectError("refused")]

    halo.meanwhile = [gone, lambda: None, sent(halo)]
    found = halo("watch", ID)
    assert (found.exit_code, found.stderr.count("Still trying")) == (0, 1)


def test_one_that_does_not_come_back_is_told_of(halo: Halo) -> None:
    def gone() -> None:
        halo.wire.faults = [httpx.ConnectError("refused") for _ in range(99)]

    halo.meanwhile = [gone]
    assert halo("watch", ID).exit_code == 4
    assert 60 < sum(halo.slept) < 70


def test_sending_and_watching_are_one_command(halo: Halo) -> None:
    words = ("send", "--app", "2", "--name", "x", "--title", "x", "--alias", "a", "--watch")

    def all_sent() -> None:
        (id_,) = {*halo.world.ports.runs.stored} - {ID}
        halo.put(id_, State.SENT, counts=totals({"accepted": 1}))

    halo.meanwhile = [all_sent]
    told = halo.lines(*words)
    assert [each["state"] for each in told] == ["scheduled", "sent"]
