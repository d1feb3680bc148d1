"""A connection on its wire: whose time is over, and when the connection is better left."""

from collections.abc import Callable
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection

from push.adapters.fcm.batch import LOST, TAKEN, TIMED_OUT, Reply, Request
from push.adapters.fcm.http2.connection import Connection
from push.adapters.fcm.http2.terms import STREAMS
from push.adapters.fcm.line import Line

REQUEST = Request("/", ())
TIMEOUT_S = 10


class Batch:
    request = REQUEST
    bodies = (b"{}",) * 9


class FakeWire:
    """The other end is a library's, which answers when it is told to."""

    def __init__(self) -> None:
        self.blocked = False
        self.broken = False
        self.ended = False
        self.theirs = H2Connection(H2Configuration(client_side=False))
        self.theirs.initiate_connection()

    def send(self, data: bytes) -> bool:
        self.theirs.receive_data(data)
        return not self.broken

    def receive(self) -> tuple[bytes, bool]:
        return self.theirs.data_to_send(), self.ended


class Play:
    def __init__(self) -> None:
        self.wire = FakeWire()
        wire: Any = self.wire
        self.line = Line(wire, Connection("http", "fcm"), 0)
        self.batch: Any = Batch()
        self.answered: list[tuple[int, Reply]] = []
        self.take(self.line.receive, 0)
        self.take(self.line.flush, 0)

    def take(self, step: Callable[..., Any], *given: Any) -> None:
        self.answered += [(place[1], reply) for place, reply in step(*given)]

    def begin(self, now: float, *indexes: int) -> None:
        for index in indexes:
            self.line.begin((self.batch, index))
        self.take(self.line.flush, now)

    def answer(self, now: float, *streams: int) -> None:
        for stream in streams:
            self.wire.theirs.send_headers(stream, [(":status", "200")], end_stream=True)
        self.take(self.line.receive, now)


@pytest.fixture
def on() -> Play:
    return Play()


def test_each_has_its_own_time_from_when_it_went_out(on: Play) -> None:
    assert on.line.patience(TIMEOUT_S) is None
    on.begin(1, 0, 1)
    on.begin(4, 2)
    on.answer(5, 3)
    assert on.line.patience(TIMEOUT_S) == 11
    on.take(on.line.give_up_late, 10.9, TIMEOUT_S)
    assert on.answered == [(1, TAKEN)]
    on.take(on.line.give_up_late, 11, TIMEOUT_S)
    assert on.answered == [(1, TAKEN), (0, Reply(0, error=TIMED_OUT))]
    assert on.line.patience(TIMEOUT_S) == 14
    on.answer(12, 5)
    assert on.line.patience(TIMEOUT_S) is None


def test_a_connection_that_says_something_is_used_on_though_one_answer_does_not_come(on: Play) -> None:
    on.begin(1, 0, 1)
    on.answer(2, 3)
    on.take(on.line.give_up_late, 11, TIMEOUT_S)
    assert on.line.room(11) == STREAMS
    assert not on.line.ended


def test_a_connection_that_says_nothing_is_left_to_those_who_wait_on_it(on: Play) -> None:
    on.begin(1, 0)
    on.begin(5, 1)
    on.take(on.line.give_up_late, 11, TIMEOUT_S)
    assert on.answered == [(0, Reply(0, error=TIMED_OUT))]
    assert (on.line.room(11), on.line.ended) == (0, False)
    on.answer(12, 3)
    assert on.answered[1:] == [(1, TAKEN)]
    assert on.line.ended


def test_a_connection_that_was_not_used_for_a_minute_is_not_used_any_more(on: Play) -> None:
    on.begin(1, 0)
    on.answer(2, 1)
    assert on.line.room(61) == STREAMS
    on.begin(61, 1)
    on.answer(70, 3)
    assert on.line.room(121.5) == 0
    assert on.line.ended


def test_an_answer_that_takes_longer_than_that_does_not_make_a_connection_old(on: Play) -> None:
    on.begin(1, 0)
    assert on.line.room(100) == STREAMS - 1


def test_a_socket_that_takes_no_more_is_given_no_more(on: Play) -> None:
    on.wire.blocked = True
    assert on.line.room(1) == 0


def test_a_server_that_reads_nothing_any_more_is_left(on: Play) -> None:
    on.begin(1, 0, 1)
    on.answer(2, 1)
    on.wire.blocked = True
    on.take(on.line.give_up_late, 11, TIMEOUT_S)
    assert on.answered[1:] == [(1, Reply(0, error=TIMED_OUT))]
    assert on.line.ended


def test_a_server_that_never_says_what_it_allows_is_left() -> None:
    wire = FakeWire()
    mute: Any = wire
    line = Line(mute, Connection("http", "fcm"), 100)
    assert line.patience(TIMEOUT_S) == 105
    assert line.give_up_late(104, TIMEOUT_S) == []
    assert not line.ended
    line.give_up_late(105, TIMEOUT_S)
    assert line.ended
    assert line.useless(105)


def test_others_are_preferred_to_a_connection_that_may_have_died(on: Play) -> None:
    assert not on.line.silent(100)
    on.begin(100, 0, 1)
    assert not on.line.silent(103)
    assert on.line.silent(103.1)
    on.answer(104, 1)
    assert not on.line.silent(107)
    assert on.line.silent(107.1)


def test_a_socket_that_breaks_when_written_to_answers_everybody(on: Play) -> None:
    on.wire.broken = True
    on.begin(1, 0, 1)
    assert on.answered == [(index, Reply(0, error=LOST)) for index in (0, 1)]
    assert on.line.ended


def test_what_had_been_said_when_a_socket_breaks_counts(on: Play) -> None:
    on.begin(1, 0, 1)
    on.wire.theirs.send_headers(1, [(":status", "200")], end_stream=True)
    on.wire.broken = True
    on.begin(2, 2)
    assert on.answered == [(0, TAKEN), (1, Reply(0, error=LOST)), (2, Reply(0, error=LOST))]


@pytest.mark.parametrize(("begun", "now", "useless"), [((), 1, True), ((0,), 100, True), ((), 100, False)])
def test_a_connection_that_ends_unanswered_was_useless_unless_nobody_needed_it(
    on: Play, begun: tuple[int, ...], now: float, useless: bool
) -> None:
    on.begin(0, *begun)
    on.wire.ended = True
    on.take(on.line.receive, now)
    assert on.line.useless(now) is useless


def test_a_connection_that_answered_was_of_use(on: Play) -> None:
    on.begin(0, 0)
    on.answer(1, 1)
    on.wire.ended = True
    on.take(on.line.receive, 1)
    assert not on.line.useless(1)


def test_what_was_said_before_the_end_counts(on: Play) -> None:
    on.begin(1, 0, 1)
    on.wire.ended = True
    on.answer(2, 1)
    assert on.answered == [(0, TAKEN), (1, Reply(0, error=LOST))]


def test_a_batch_is_abandoned_alone(on: Play) -> None:
    on.begin(1, 0, 1)
    other: Any = Batch()
    on.line.begin((other, 0))
    on.take(on.line.flush, 2)
    on.take(on.line.abandon, on.batch)
    assert on.answered == [(index, Reply(0, error=TIMED_OUT)) for index in (0, 1)]
    on.answer(3, 5)
    assert on.answered[2:] == [(0, TAKEN)]
    assert on.line.patience(TIMEOUT_S) is None
