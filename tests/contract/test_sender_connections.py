"""Sending through connections that refuse, end, break and hang: each message is answered once, and arrives at most
once."""

import asyncio
import queue
import selectors
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import GoAwayFrame

from contract.http2_server import Server, Session, answering, certificate, context
from fakes.logged import logged
from push.adapters.fcm.batch import LOST, REFUSED, RESET, TAKEN, TIMED_OUT, TOO_LATE, UNREACHABLE, Reply, Request
from push.adapters.fcm.exchange import Exchange
from push.adapters.fcm.http2.connection import Answered
from push.adapters.fcm.http2.dialer import Dialer, endpoint
from push.adapters.fcm.http2.wire import Wire
from push.adapters.fcm.line import Line
from push.adapters.fcm.loop import Loop

T = TypeVar("T")
REQUEST = Request("/v1/projects/demo/messages:send", (("authorization", "Bearer t"),))
# Longer than any of it takes: what lasts as long has failed.
PATIENCE_S = 30


def bodies(count: int) -> list[bytes]:
    return [f"m{n}".encode() for n in range(count)]


def play(url: str, plays: Callable[[Exchange], Awaitable[T]], timeout_s: int = PATIENCE_S) -> T:
    async def whole() -> T:
        exchange = Exchange(endpoint(url), timeout_s)
        try:
            return await asyncio.wait_for(plays(exchange), PATIENCE_S)
        finally:
            exchange.close()

    return asyncio.run(whole())


def post(url: str, messages: list[bytes], timeout_s: int = PATIENCE_S) -> list[Reply]:
    return play(url, lambda exchange: exchange.post(REQUEST, messages), timeout_s)


def seconds_since(began: float) -> int:
    """How many calls more a slow machine may make, at one a second after a failure."""
    return int(time.monotonic() - began)


@contextmanager
def listening(then: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that accepts connections, and is no HTTP/2 server."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:

        def accept() -> None:
            kept = []
            try:
                while True:
                    kept.append(listener.accept()[0])
                    then(kept[-1])
            except OSError:
                for each in kept:
                    each.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    "settings",
    [
        {"MAX_CONCURRENT_STREAMS": 1},
        {"MAX_CONCURRENT_STREAMS": 7, "INITIAL_WINDOW_SIZE": 2},
        {"HEADER_TABLE_SIZE": 0, "MAX_FRAME_SIZE": 20_000},
    ],
)
def test_a_server_that_allows_little_gets_everything_in_its_time(settings: dict[str, int]) -> None:
    with Server(answering, settings=settings) as server:
        assert post(server.url, bodies(120)) == [TAKEN] * 120
        assert server.received == Counter(bodies(120))
        assert len(server.sessions) <= 10


def test_who_says_goodbye_in_the_middle_gets_nothing_twice_and_nothing_is_lost() -> None:
    """As Google's front end does when it is renewed: what it has begun it answers, the rest goes elsewhere."""
    begun: Counter[bytes] = Counter()
    lock = threading.Lock()

    def goodbye_after_30(session: Session, stream: int) -> None:
        leaving = session.number < 4
        if leaving and len(session.bodies) > 30:
            return
        with lock:
            begun[session.bodies[stream]] += 1
        session.answer(stream)
        if leaving and len(session.bodies) == 30:
            session.raw.sendall(GoAwayFrame(0, last_stream_id=stream).serialize())

    with Server(goodbye_after_30) as server:
        assert post(server.url, bodies(300)) == [TAKEN] * 300
        assert len(server.sessions) > 4
    assert begun == Counter(bodies(300))


def test_what_is_refused_goes_once_more() -> None:
    tries: Counter[bytes] = Counter()

    def refusing(session: Session, stream: int) -> None:
        body = session.bodies[stream]
        tries[body] += 1
        if body == b"m0" or tries[body] == 1:
            session.http.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
        else:
            session.answer(stream)

    with Server(refusing) as server:
        assert post(server.url, bodies(3)) == [Reply(0, error=REFUSED, sent=False), TAKEN, TAKEN]
    assert tries == {b"m0": 2, b"m1": 2, b"m2": 2}


def test_a_stream_that_is_reset_is_not_sent_again() -> None:
    def reset(session: Session, stream: int) -> None:
        if session.bodies[stream] == b"m1":
            session.http.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        else:
            session.answer(stream)

    with Server(reset) as server:
        assert post(server.url, bodies(3)) == [TAKEN, Reply(0, error=RESET), TAKEN]
        assert server.received == Counter(bodies(3))


def test_a_connection_that_is_cut_loses_its_answers_and_no_others() -> None:
    def cutting(session: Session, stream: int) -> None:
        if session.number == 0 and len(session.bodies) == 40:
            session.cut()
        elif session.number != 0:
            session.answer(stream)

    with Server(cutting) as server:
        replies = post(server.url, bodies(300))
        assert set(replies) == {TAKEN, Reply(0, error=LOST)}
        assert replies.count(TAKEN) >= 200
        assert max(server.received.values()) == 1
        assert post(server.url, [b"after"]) == [TAKEN]


def test_a_server_that_ends_idle_connections_is_called_again() -> None:
    async def plays(exchange: Exchange) -> list[Reply]:
        replies = await exchange.post(REQUEST, [b"a"])
        (session,) = server.sessions
        session.cut()
        return replies + await exchange.post(REQUEST, [b"b"])

    with Server(answering) as server:
        replies = play(server.url, plays)
        # It may have been on its way when the end was; then it is not repeated.
        assert replies in ([TAKEN, TAKEN], [TAKEN, Reply(0, error=LOST)])


def test_one_answer_that_does_not_come_holds_nobody_else() -> None:
    def forgetful(session: Session, stream: int) -> None:
        if session.bodies[stream] != b"m5":
            session.answer(stream)

    with Server(forgetful) as server:
        expected = [TAKEN] * 300
        expected[5] = Reply(0, error=TIMED_OUT)
        assert post(server.url, bodies(300), timeout_s=1) == expected
        assert server.received == Counter(bodies(300))


def test_a_connection_that_has_died_without_a_word_is_left() -> None:
    def dies(session: Session, stream: int) -> None:
        if session.bodies[stream] == b"b":
            over.wait(PATIENCE_S)
        else:
            session.answer(stream)

    async def plays(exchange: Exchange) -> list[Reply]:
        return [reply for each in (b"a", b"b", b"c") for reply in await exchange.post(REQUEST, [each])]

    over = threading.Event()
    with Server(dies) as server:
        try:
            assert play(server.url, plays, timeout_s=1) == [TAKEN, Reply(0, error=TIMED_OUT), TAKEN]
        finally:
            over.set()
        assert [list(session.bodies.values()) for session in server.sessions] == [[b"a", b"b"], [b"c"]]


def test_a_server_that_never_says_what_it_allows_is_sent_nothing() -> None:
    with listening(lambda _: None) as url:
        assert post(url, bodies(3), timeout_s=1) == [Reply(0, error=TIMED_OUT, sent=False)] * 3


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(lambda raw: raw.close(), id="hangs up"),
        pytest.param(lambda raw: raw.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), id="speaks 1.1"),
        pytest.param(lambda raw: raw.sendall(GoAwayFrame(0, error_code=11).serialize()), id="wants no callers"),
    ],
)
def test_who_is_no_server_is_not_called_again_and_again(
    then: Callable[[socket.socket], None], capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def count(raw: socket.socket) -> None:
        calls.append(raw)
        then(raw)

    with listening(count) as url:
        assert post(url, bodies(3)) == [Reply(0, error=UNREACHABLE, sent=False)] * 3
    assert len(calls) == 1
    (line,) = logged(capsys, "fcm-unreachable")
    assert line["severity"] == "ERROR"


def test_calls_that_fail_one_after_the_other_are_not_replaced_one_by_one() -> None:
    calls = []

    def fail(raw: socket.socket) -> None:
        calls.append(raw)
        time.sleep(0.02)
        raw.close()

    began = time.monotonic()
    with listening(fail) as url:
        assert post(url, bodies(2_000)) == [Reply(0, error=UNREACHABLE, sent=False)] * 2_000
    # Ten at once, and a few for those who had no place yet.
    assert len(calls) <= 20 + seconds_since(began)


def test_what_nobody_waits_for_any_more_is_not_sent_when_a_connection_comes() -> None:
    async def plays(exchange: Exchange) -> list[Reply]:
        waiting = asyncio.create_task(exchange.post(REQUEST, [b"abandoned"] * 150))
        await asyncio.to_thread(called.wait, PATIENCE_S)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        server.opens.set()
        return await exchange.post(REQUEST, [b"a"])

    with Server(answering) as server:
        server.opens.clear()
        called = server.called
        try:
            assert play(server.url, plays) == [TAKEN]
        finally:
            server.opens.set()
        assert server.received == {b"a": 1}


def test_nobody_there_is_told_at_once_and_logged_once_for_all_who_wait(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        url = f"http://127.0.0.1:{once.getsockname()[1]}"
    assert post(url, bodies(700)) == [Reply(0, error=UNREACHABLE, sent=False)] * 700
    assert "refused" in logged(capsys, "fcm-unreachable")[0]["error"]


def test_who_says_what_it_allows_and_ends_is_not_called_again_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    def ending(session: Session, stream: int) -> None:
        session.cut()

    began = time.monotonic()
    with Server(ending) as server:
        replies = post(server.url, bodies(300))
        assert {reply.error for reply in replies} <= {LOST, UNREACHABLE}
        assert len(server.sessions) <= 4 + seconds_since(began)
    assert 1 <= len(logged(capsys, "fcm-unreachable")) <= 1 + seconds_since(began)


def test_a_server_that_asks_for_calm_is_left_in_peace(capsys: pytest.CaptureFixture[str]) -> None:
    def calm(session: Session, stream: int) -> None:
        if stream == 1:
            session.answer(stream)
            farewell = GoAwayFrame(0, last_stream_id=stream, error_code=ErrorCodes.ENHANCE_YOUR_CALM)
            session.raw.sendall(farewell.serialize())

    began = time.monotonic()
    with Server(calm) as server:
        replies = post(server.url, bodies(150))
        assert replies.count(TAKEN) == len(server.sessions) <= 3 + seconds_since(began)
        assert {reply.sent for reply in replies if reply is not TAKEN} == {False}
    assert server.received.total() >= 150
    assert len(logged(capsys, "fcm-connection-broken")) <= 2 + seconds_since(began)


def test_a_connection_that_may_have_died_is_not_given_more_while_another_can_be_made() -> None:
    async def plays(exchange: Exchange) -> list[Reply]:
        hangs = asyncio.create_task(exchange.post(REQUEST, [b"b"]))
        await asyncio.sleep(3.5)
        replies = await exchange.post(REQUEST, [b"c"])
        assert not hangs.done()
        over.set()
        return replies + await hangs

    def dies(session: Session, stream: int) -> None:
        if session.bodies[stream] == b"b":
            over.wait(PATIENCE_S)
        session.answer(stream)

    over = threading.Event()
    with Server(dies) as server:
        try:
            assert play(server.url, plays) == [TAKEN, TAKEN]
        finally:
            over.set()
        assert [list(session.bodies.values()) for session in server.sessions] == [[b"b"], [b"c"]]


def test_a_handshake_that_never_ends_is_given_up() -> None:
    def trickle(raw: socket.socket) -> None:
        raw.sendall(b"\x16\x03\x03\x40\x00")
        while True:
            raw.sendall(b"\x02")
            time.sleep(0.05)

    with listening(trickle) as url:
        replies = post(url.replace("http:", "https:"), bodies(1), timeout_s=1)
    assert [(reply.status, reply.sent) for reply in replies] == [(0, False)]


def test_a_name_that_nobody_has_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert post("https://nobody.invalid", bodies(1)) == [Reply(0, error=UNREACHABLE, sent=False)]
    assert logged(capsys, "fcm-unreachable")


def test_who_closes_while_it_calls_and_waits_answers_everybody() -> None:
    def forgetful(session: Session, stream: int) -> None:
        arrived.set()

    async def plays(exchange: Exchange) -> list[Reply]:
        waiting = asyncio.create_task(exchange.post(REQUEST, bodies(1_500)))
        await asyncio.to_thread(arrived.wait, PATIENCE_S)
        exchange.close()
        return await waiting

    arrived = threading.Event()
    with Server(forgetful) as server:
        replies = play(server.url, plays)
    assert {reply.error for reply in replies} <= {LOST, TIMED_OUT}
    unsent = {body for body, reply in zip(bodies(1_500), replies, strict=True) if not reply.sent}
    assert len(unsent) >= 500
    assert not unsent & server.received.keys()


def own_clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the loop takes for the time of day (s), in its one place."""
    clock = [1_000.0]
    ours = SimpleNamespace(time=lambda: clock[0], monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr("push.adapters.fcm.loop.time", ours)
    return clock


def test_who_still_waits_for_room_when_their_time_is_over_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = own_clock(monkeypatch)

    def slow(session: Session, stream: int) -> None:
        if session.bodies[stream] == b"b":
            clock[0] += 60
        session.answer(stream)

    async def plays(exchange: Exchange) -> list[list[Reply]]:
        return [
            await exchange.post(REQUEST, [b"a", b"b", b"c", b"d"], until=1_059),
            await exchange.post(REQUEST, [b"e"], until=1_060),
            # More than there are places for.
            await exchange.post(REQUEST, [b"f"] * 700, until=1_059),
        ]

    async def whole() -> list[list[Reply]]:
        exchange = Exchange(endpoint(server.url), PATIENCE_S, connections=1)
        try:
            return await plays(exchange)
        finally:
            exchange.close()

    with Server(slow, settings={"MAX_CONCURRENT_STREAMS": 1}) as server:
        late = Reply(0, error=TOO_LATE, sent=False)
        assert asyncio.run(whole()) == [[TAKEN, TAKEN, late, late], [TAKEN], [late] * 700]
    assert server.received == {b"a": 1, b"b": 1, b"e": 1}


def test_thousands_who_wait_until_it_is_too_late_take_nobody_else_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their answers come one by one, and each makes room for one who is late."""
    clock = own_clock(monkeypatch)
    held: queue.SimpleQueue[tuple[Session, int]] = queue.SimpleQueue()

    async def whole() -> list[Counter[Reply]]:
        exchange = Exchange(endpoint(server.url), PATIENCE_S)
        try:
            late = [asyncio.create_task(exchange.post(REQUEST, [b"late"] * 500, "a", until=1_001)) for _ in range(8)]
            others = asyncio.create_task(exchange.post(REQUEST, [b"others"] * 20, "b"))
            async with asyncio.timeout(PATIENCE_S):
                while held.qsize() < 800:  # noqa: ASYNC110  of another thread
                    await asyncio.sleep(0.01)
            clock[0] += 60
            for _ in range(held.qsize()):
                session, stream = held.get()
                session.answer(stream)
                await asyncio.sleep(0.001)
            server.behaviour = answering
            while not held.empty():
                session, stream = held.get()
                session.answer(stream)
            return [Counter(await each) for each in (*late, others)]
        finally:
            exchange.close()

    with Server(lambda *request: held.put(request)) as server:
        *late, others = asyncio.run(whole())
    assert others == {TAKEN: 20}
    assert {*sum(late, Counter())} == {TAKEN, Reply(0, error=TOO_LATE, sent=False)}
    assert server.received[b"late"] == sum(late, Counter())[TAKEN] < 4_000


@pytest.mark.parametrize("late", [False, True], ids=["as it happens", "at the end of a pass"])
def test_room_that_comes_when_the_server_reads_again_is_used_at_once(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not only when somebody is answered, which may take long; also where the last of what was held up goes out
    after messages were given to lines with room."""
    gate = threading.Event()
    flush, flush_all = Line.flush, Loop._flush
    at_the_end = False

    def flushed(line: Line, now: float) -> Answered:
        return flush(line, now) if at_the_end else []

    def all_flushed(loop: Loop, now: float) -> None:
        nonlocal at_the_end
        at_the_end = True
        flush_all(loop, now)
        at_the_end = False

    if late:
        monkeypatch.setattr(Line, "flush", flushed)
        monkeypatch.setattr(Loop, "_flush", all_flushed)

    def reading_late(session: Session, stream: int) -> None:
        body = session.bodies[stream]
        if body == b"first":
            session.http.increment_flow_control_window(2**30)
            session.flush()
            gate.wait(PATIENCE_S)
        elif body.startswith(b"small"):
            session.answer(stream)

    async def whole() -> list[Reply]:
        exchange = Exchange(endpoint(server.url), PATIENCE_S, connections=1)
        try:
            large = [exchange.post(REQUEST, [b"first"], "a"), exchange.post(REQUEST, [b"x" * 90_000] * 79, "a")]
            unanswered = [asyncio.create_task(each) for each in large]
            await asyncio.sleep(1)
            small = asyncio.create_task(exchange.post(REQUEST, [b"small"] * 3, "b"))
            await asyncio.sleep(0.1)
            gate.set()
            replies = await asyncio.wait_for(small, PATIENCE_S / 2)
            assert not any(each.done() for each in unanswered)
        finally:
            exchange.close()
        await asyncio.gather(*unanswered)
        return replies

    with Server(reading_late, settings={"INITIAL_WINDOW_SIZE": 2**20}, acknowledges=False) as server:
        assert asyncio.run(whole()) == [TAKEN] * 3


def test_a_thread_that_cannot_begin_its_work_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    working, broken = selectors.DefaultSelector, [True]

    def selector() -> selectors.BaseSelector:
        if threading.current_thread().name == "fcm-exchange" and broken.pop():
            broken.append(False)
            raise OSError("too many open files")
        return working()

    async def plays(exchange: Exchange) -> list[Reply]:
        return await exchange.post(REQUEST, [b"a"]) + await exchange.post(REQUEST, [b"b"])

    monkeypatch.setattr(selectors, "DefaultSelector", selector)
    with Server(answering) as server:
        assert play(server.url, plays) == [Reply(0, error=LOST), TAKEN]
    assert logged(capsys, "exchange-died")


def test_a_machine_without_threads_to_give_makes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    woken = threading.Event()
    dialer = Dialer(endpoint("http://127.0.0.1:1"), 1, woken.set)
    monkeypatch.setattr(threading.Thread, "start", start)
    dialer.dial()
    assert [str(each) for each in dialer.arrived] == ["can't start new thread"]
    assert woken.is_set()


def test_what_a_socket_does_not_take_at_once_arrives_in_the_end_and_in_order() -> None:
    ours, theirs = socket.socketpair()
    said = b"".join(number.to_bytes(4, "big") for number in range(500_000))
    with theirs:
        ours.setblocking(False)
        wire, heard = Wire(ours), bytearray()
        assert wire.send(said)
        assert wire.blocked
        while wire.blocked:
            heard += theirs.recv(100_000)
            assert wire.send(b"")
        wire.close()
        while more := theirs.recv(100_000):
            heard += more
    assert bytes(heard) == said


def test_what_comes_with_the_end_of_the_handshake_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No event of the socket tells of it any more."""
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    trusted = context(pem, "h2")
    trusted.maximum_version = ssl.TLSVersion.TLSv1_2  # in which the server has the last word

    def greet(raw: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session, greeted = trusted.wrap_bio(incoming, outgoing, server_side=True), False
        while not greeted and (data := raw.recv(65_536)):
            incoming.write(data)
            with suppress(ssl.SSLWantReadError):
                session.do_handshake()
                session.write(b"hello")
                greeted = True
            raw.sendall(outgoing.read())

    woken = threading.Event()
    with listening(greet) as url:
        dialer = Dialer(endpoint(url.replace("http://127.0.0.1", "https://localhost")), PATIENCE_S, woken.set)
        dialer.dial()
        assert woken.wait(PATIENCE_S)
        (wire,) = dialer.arrived
        assert isinstance(wire, Wire)
        assert wire.receive() == (b"hello", False)
        wire.close()


def test_who_makes_us_answer_and_reads_nothing_is_left() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        wire = Wire(ours)
        assert wire.send(b"x" * 1_000_000)
        assert not all(wire.send(b"x" * 1_000_000) for _ in range(20))
        wire.close()


def test_who_closes_before_any_connection_is_made_has_sent_nothing() -> None:
    async def plays(exchange: Exchange) -> list[Reply]:
        waiting = asyncio.create_task(exchange.post(REQUEST, bodies(3)))
        await asyncio.to_thread(called.wait, PATIENCE_S)
        exchange.close()
        return await waiting

    called = threading.Event()
    with listening(lambda _: called.set()) as url:
        assert {(reply.status, reply.sent) for reply in play(url, plays)} == {(0, False)}


def test_a_machine_without_a_thread_for_the_sender_is_told_so_at_once_and_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start, refused = threading.Thread.start, list[threading.Thread]()

    def once(thread: threading.Thread) -> None:
        if thread.name == "fcm-exchange" and not refused:
            refused.append(thread)
            raise RuntimeError("can't start new thread")
        start(thread)

    async def plays(exchange: Exchange) -> list[Reply]:
        return await exchange.post(REQUEST, [b"a"]) + await exchange.post(REQUEST, [b"b"])

    with Server(answering) as server:
        monkeypatch.setattr(threading.Thread, "start", once)
        assert play(server.url, plays) == [Reply(0, error=UNREACHABLE, sent=False), TAKEN]


def test_after_a_close_it_begins_anew() -> None:
    async def plays(exchange: Exchange) -> list[Reply]:
        replies = await exchange.post(REQUEST, [b"a"])
        exchange.close()
        return replies + await exchange.post(REQUEST, [b"b"])

    with Server(answering) as server:
        assert play(server.url, plays) == [TAKEN, TAKEN]


@pytest.mark.parametrize("url", ["fcm.googleapis.com", "ftp://fcm.googleapis.com", "https://", "https://fcm:x/"])
def test_an_address_that_is_none_is_said_to_be_so(url: str) -> None:
    with pytest.raises(ValueError, match=r"HTTP server|Port"):
        endpoint(url)


def test_an_address_may_have_a_port_and_a_path() -> None:
    assert endpoint("http://[::1]:8080/fcm/") == ("http", "::1", 8080, "[::1]:8080", "/fcm")
    assert endpoint("https://fcm.googleapis.com") == ("https", "fcm.googleapis.com", 443, "fcm.googleapis.com", "")
