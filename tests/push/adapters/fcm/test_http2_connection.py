"""One connection against the server side of a library that knows all of HTTP/2, byte by byte where it matters."""

from typing import Any

import h2.events
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from hypothesis import given
from hypothesis import strategies as st

from push.adapters.fcm.batch import GARBLED, LEFT, LOST, REFUSED, RESET, TAKEN, TIMED_OUT, Reply, Request
from push.adapters.fcm.http2.connection import Connection
from push.adapters.fcm.http2.frames import Kind
from push.adapters.fcm.http2.request_heads import RequestHeads
from push.adapters.fcm.http2.terms import STREAMS

# The length of a frame, but for its last byte.
HEAD = b"\x00\x00"
REQUEST = Request("/v1/projects/demo/messages:send", (("authorization", "Bearer secret"), ("content-type", "a/json")))
JSON = [("content-type", "application/json; charset=UTF-8"), ("server", "scaffolding on HTTPServer2")]


class Ends:
    """Our end and the other one; `talk` carries bytes both ways until nobody has any."""

    def __init__(self, chunk: int = 65_536, **settings: int) -> None:
        self.ours = Connection("https", "fcm.googleapis.com")
        self.theirs = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.chunk = chunk
        self.answered: list[tuple[int, Reply]] = []
        self.events: list[Any] = []
        self.requests: dict[int, dict[str, str]] = {}
        self.bodies: dict[int, bytes] = {}
        self.settle = True
        self.theirs.initiate_connection()
        self.theirs.update_settings({SettingCodes[name]: value for name, value in settings.items()})
        self.talk()

    def talk(self) -> None:
        while True:
            up, down = self.ours.outgoing(), self.theirs.data_to_send()
            if not up and not down:
                return
            for begin in range(0, len(up), self.chunk):
                self._happened(self.theirs.receive_data(up[begin : begin + self.chunk]))
            for begin in range(0, len(down), self.chunk):
                self._take(self.ours.receive(down[begin : begin + self.chunk]))

    def _take(self, answered: Any) -> None:
        self.answered += [(place[1], reply) for place, reply in answered]

    def _happened(self, events: Any) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, h2.events.RequestReceived):
                self.requests[event.stream_id] = {str(name): str(value) for name, value in event.headers}
                self.bodies[event.stream_id] = b""
            elif isinstance(event, h2.events.DataReceived):
                self.bodies[event.stream_id] += event.data
                if self.settle:
                    self.theirs.acknowledge_received_data(event.flow_controlled_length, event.stream_id)

    def begin(self, *bodies: bytes, request: Request = REQUEST) -> list[int]:
        streams = []
        for index, body in enumerate(bodies):
            self.ours.begin(place(index), request, body)
            streams.append(self.ours.last)
        self.talk()
        return streams

    def answer(self, stream: int, status: int = 200, body: bytes = b'{"name": "n"}', *more: tuple[str, str]) -> None:
        self.theirs.send_headers(stream, [(":status", str(status)), *JSON, *more], end_stream=not body)
        if body:
            self.theirs.send_data(stream, body, end_stream=True)
        self.talk()


def place(index: int) -> Any:
    """Whose message it is matters to nobody here."""
    return (None, index)


@given(st.integers(1, 40))
def test_messages_arrive_as_they_were_and_answers_find_them_however_the_bytes_are_cut(chunk: int) -> None:
    ends = Ends(chunk)
    bodies = [b"x" * size for size in (0, 1, 600, 4_096, 16_384, 16_385)]
    streams = ends.begin(*bodies)
    assert [ends.bodies[stream] for stream in streams] == bodies
    assert ends.requests[streams[2]] == {
        ":method": "POST",
        ":scheme": "https",
        ":authority": "fcm.googleapis.com",
        ":path": REQUEST.path,
        "user-agent": "halo-push",
        "authorization": "Bearer secret",
        "content-type": "a/json",
        "content-length": "600",
    }
    for stream in reversed(streams):
        ends.answer(stream)
    assert ends.answered == [(index, TAKEN) for index in reversed(range(6))]
    assert not ends.ours.streams


def test_nothing_begins_before_the_other_side_has_said_what_it_allows() -> None:
    ours = Connection("https", "fcm.googleapis.com")
    assert ours.room == 0
    assert Ends().ours.room == STREAMS


def test_no_more_go_at_once_than_the_other_side_allows() -> None:
    ends = Ends(MAX_CONCURRENT_STREAMS=3)
    (first, *_) = ends.begin(b"a", b"b")
    assert ends.ours.room == 1
    ends.answer(first)
    assert ends.ours.room == 2
    ends.theirs.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 0})
    ends.talk()
    assert ends.ours.room == 0


def test_an_answer_is_told_with_its_body_and_when_to_come_again() -> None:
    ends = Ends()
    one, two, three = ends.begin(b"a", b"b", b"c")
    ends.answer(one, 429, b'{"error": 1}', ("retry-after", "33"))
    ends.answer(two, 503, b"", ("retry-after", "soon"))
    ends.answer(three, 404, b"gone", ("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT"))
    assert ends.answered == [(0, Reply(429, b'{"error": 1}', 33)), (1, Reply(503)), (2, Reply(404, b"gone"))]


def test_a_date_to_come_again_is_that_far_away() -> None:
    ends = Ends()
    (stream,) = ends.begin(b"a")
    ends.answer(stream, 503, b"", ("retry-after", "Thu, 31 Dec 2099 23:59:59 GMT"))
    ((_, reply),) = ends.answered
    assert reply.retry_after > 2_000_000_000


def test_a_server_that_never_had_a_table_need_not_say_that_it_has_none() -> None:
    ends = Ends()
    ends.begin(b"a")
    answered = ends.ours.receive(HEAD + b"\x01\x01\x05\x00\x00\x00\x01\x8d")
    assert [reply for _, reply in answered] == [Reply(404)]


def test_what_comes_before_and_after_an_answer_is_not_the_answer() -> None:
    ends = Ends()
    one, two = ends.begin(b"a", b"b")
    for stream, status in ((one, "200"), (two, "400")):
        ends.theirs.send_headers(stream, [(":status", "103"), ("link", "x")])
        ends.theirs.send_headers(stream, [(":status", status), *JSON])
        ends.theirs.send_data(stream, b"why", pad_length=9)
        ends.theirs.send_headers(stream, [("grpc-status", "0")], end_stream=True)
    ends.talk()
    assert ends.answered == [(0, TAKEN), (1, Reply(400, b"why"))]


@pytest.mark.parametrize(("table", "projects"), [(4_096, 3), (4_096, 60), (0, 3), (150, 3)])
def test_many_projects_and_tokens_on_one_connection_are_not_mistaken_for_each_other(table: int, projects: int) -> None:
    """What was said before is referred to by its place in a table of limited size, which moves with all that is new."""
    ends = Ends(HEADER_TABLE_SIZE=table)
    for turn in range(4):
        for project in range(projects):
            token = f"Bearer {turn // 2}-{project}-" + "t" * (project % 5) * 40
            request = Request(f"/v1/projects/p{project}", (("authorization", token),))
            (stream,) = ends.begin(b"m", request=request)
            assert ends.requests[stream][":path"] == request.path
            assert ends.requests[stream]["authorization"] == token
            ends.answer(stream)
    assert len(ends.answered) == 4 * projects


def test_a_message_like_the_one_before_names_what_they_share_by_a_few_bytes() -> None:
    ends = Ends()
    ends.begin(b"a" * 100)
    ends.begin(b"b" * 100)
    ends.ours.begin(place(0), REQUEST, b"c" * 100)
    assert len(ends.ours.outgoing()) < 150


def test_a_body_waits_for_permission_and_goes_on_when_it_has_it() -> None:
    ends = Ends(INITIAL_WINDOW_SIZE=10)
    ends.settle = False
    (stream,) = ends.begin(b"0123456789abcdef")
    assert ends.bodies[stream] == b"0123456789"
    # Others have windows of their own.
    assert ends.ours.room == STREAMS - 1
    ends.theirs.increment_flow_control_window(2, stream)
    ends.talk()
    assert ends.bodies[stream] == b"0123456789ab"
    ends.theirs.increment_flow_control_window(500, stream)
    ends.talk()
    assert ends.bodies[stream] == b"0123456789abcdef"
    assert ends.ours.room == STREAMS - 1
    ends.answer(stream)
    assert ends.answered == [(0, TAKEN)]


def test_a_window_that_is_changed_meanwhile_is_heeded_by_those_who_wait() -> None:
    ends = Ends(INITIAL_WINDOW_SIZE=10)
    ends.settle = False
    (stream,) = ends.begin(b"x" * 40)
    ends.theirs.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 4})
    ends.talk()
    ends.theirs.increment_flow_control_window(10, stream)
    ends.talk()
    assert len(ends.bodies[stream]) == 14
    ends.theirs.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 100})
    ends.talk()
    assert len(ends.bodies[stream]) == 40


def test_all_bodies_together_stay_within_what_the_connection_allows() -> None:
    ends = Ends()
    ends.settle = False
    streams = ends.begin(*[b"x" * 4_000] * 17)
    assert sum(map(len, ends.bodies.values())) == 65_535
    assert ends.ours.room == 0
    ends.theirs.increment_flow_control_window(100_000)
    ends.talk()
    assert [len(ends.bodies[stream]) for stream in streams] == [4_000] * 17


@pytest.mark.parametrize("status", [200, 400])
def test_answers_never_stop_because_nobody_gives_permission_for_more(status: int) -> None:
    ends = Ends()
    for _ in range(40):
        (stream,) = ends.begin(b"a")
        ends.answer(stream, status, b"e" * 5_000)
    assert [reply.status for _, reply in ends.answered] == [status] * 40


def test_of_a_message_that_is_cancelled_nothing_goes_any_more() -> None:
    ends = Ends(INITIAL_WINDOW_SIZE=10)
    ends.settle = False
    (stream,) = ends.begin(b"x" * 40)
    ends.ours.cancel(stream, TIMED_OUT)
    ends.ours.receive(HEAD + b"\x04\x08\x00\x00\x00\x00\x01\x00\x00\x00\xff")
    ends.talk()
    assert ends.bodies[stream] == b"x" * 10


@given(st.lists(st.one_of(st.none(), st.sampled_from([0, 64, 200, 1_000, 4_096, 65_536])), max_size=12))
def test_what_the_other_side_remembers_may_change_at_any_time(sizes: list[int | None]) -> None:
    """None stands for a message; between two of them the size may change several times."""
    ends = Ends()
    for number, size in enumerate([None, None, *sizes, None, None]):
        if size is not None:
            ends.theirs.update_settings({SettingCodes.HEADER_TABLE_SIZE: size})
            ends.talk()
            continue
        request = Request("/v1/projects/demo", (("authorization", f"Bearer {number // 2}"),))
        (stream,) = ends.begin(b"m", request=request)
        assert ends.requests[stream]["authorization"] == f"Bearer {number // 2}"
        ends.answer(stream)


def test_of_many_changes_of_what_it_remembers_the_least_and_the_last_are_repeated() -> None:
    """A decoder has thrown away what did not fit meanwhile (RFC 7541, 4.2)."""
    heads = RequestHeads("https", "fcm")
    heads.block(REQUEST)
    for size in (2_000, 64, 1_000, 65_536):
        heads.resize(size)
    assert heads.block(REQUEST).startswith(b"\x3f\x21\x3f\xe1\x1f")
    for size in (65_536, 4_096):
        heads.resize(size)
    assert heads.block(REQUEST)[0] & 0xE0 != 0x20


def test_a_reset_is_not_answered_with_one() -> None:
    ends = Ends(INITIAL_WINDOW_SIZE=10)
    ends.settle = False
    (stream,) = ends.begin(b"x" * 40)
    ends.theirs.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
    ends.talk()
    assert not any(isinstance(each, h2.events.StreamReset) for each in ends.events)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(HEAD + b"\x05\x02\x00\x00\x00\x00\x63" + b"\0" * 5, id="the priority of a stream to come"),
        pytest.param(HEAD + b"\x02\x0c\x00\x00\x00\x00\x02hi", id="a frame of another document"),
    ],
)
def test_what_nobody_needs_to_understand_is_passed_over(said: bytes) -> None:
    ends = Ends()
    (stream,) = ends.begin(b"a")
    assert ends.ours.receive(said) == []
    ends.answer(stream)
    assert ends.answered == [(0, TAKEN)]


def test_an_answer_that_comes_before_the_body_has_gone_ends_the_body() -> None:
    ends = Ends(INITIAL_WINDOW_SIZE=10)
    ends.settle = False
    (stream,) = ends.begin(b"x" * 40)
    ends.answer(stream, 401, b"who?")
    assert ends.answered == [(0, Reply(401, b"who?"))]
    assert any(isinstance(each, h2.events.StreamReset) for each in ends.events)
    assert ends.ours.room == STREAMS


def test_a_200_before_the_body_has_gone_is_an_answer_like_any_other() -> None:
    ends = Ends(INITIAL_WINDOW_SIZE=10)
    ends.settle = False
    for body in (b"x", b"x" * 40):
        (stream,) = ends.begin(body)
        ends.answer(stream)
    assert ends.answered == [(0, TAKEN)] * 2
    assert any(isinstance(each, h2.events.StreamReset) for each in ends.events)
    assert ends.ours.room == STREAMS


@pytest.mark.parametrize(
    ("code", "reply"),
    [(ErrorCodes.REFUSED_STREAM, Reply(0, error=REFUSED, sent=False)), (ErrorCodes.CANCEL, Reply(0, error=RESET))],
)
def test_a_reset_says_whether_anything_was_done(code: ErrorCodes, reply: Reply) -> None:
    ends = Ends()
    one, two = ends.begin(b"a", b"b")
    ends.theirs.reset_stream(one, code)
    ends.talk()
    ends.answer(two)
    assert ends.answered == [(0, reply), (1, TAKEN)]


def test_what_was_said_before_a_reset_counts() -> None:
    ends = Ends()
    streams = ends.begin(b"a", b"b")
    for stream, status in zip(streams, ("200", "429"), strict=True):
        ends.theirs.send_headers(stream, [(":status", status), ("retry-after", "7")])
        ends.theirs.reset_stream(stream, ErrorCodes.NO_ERROR)
    ends.talk()
    assert ends.answered == [(0, TAKEN), (1, Reply(429, retry_after=7))]


def test_who_says_goodbye_answers_what_it_has_begun_and_has_not_begun_the_rest() -> None:
    ends = Ends()
    one, _, _ = ends.begin(b"a", b"b", b"c")
    ends.theirs.close_connection(last_stream_id=one)
    # The library takes no more once it has said so: the answer that was under way comes first.
    assert ends.ours.room > 0
    ends.talk()
    assert ends.ours.room == 0
    assert ends.answered == [(index, Reply(0, error=LEFT, sent=False)) for index in (1, 2)]
    assert list(ends.ours.streams) == [one]
    assert ends.ours.complaint == ""


def test_a_complaint_is_kept() -> None:
    ends = Ends()
    ends.theirs.close_connection(ErrorCodes.ENHANCE_YOUR_CALM, b"too_many_pings", last_stream_id=0)
    ends.talk()
    assert ends.ours.complaint == "11: too_many_pings"


def test_a_lost_connection_answers_all_by_what_is_known() -> None:
    ends = Ends()
    one, two, _ = ends.begin(b"a", b"b", b"c")
    ends.theirs.send_headers(one, [(":status", "200")])
    ends.theirs.send_headers(two, [(":status", "500")])
    ends.talk()
    ends.ours.begin(place(3), REQUEST, b"d")
    lost = [(each[1], reply) for each, reply in ends.ours.lost(LOST)]
    unsent = Reply(0, error=LOST, sent=False)
    assert lost == [(0, TAKEN), (1, Reply(500)), (2, Reply(0, error=LOST)), (3, unsent)]
    assert (ends.ours.lost(LOST), ends.ours.room) == ([], 0)


def test_what_is_cancelled_is_told_to_the_other_side_and_its_late_answer_is_nobodys() -> None:
    ends = Ends()
    one, two = ends.begin(b"a", b"b")
    assert ends.ours.cancel(one, TIMED_OUT) == Reply(0, error=TIMED_OUT)
    # Under way before the other side has heard of it.
    ends.theirs.send_headers(one, [(":status", "200"), *JSON])
    ends.theirs.send_data(one, b"{}", end_stream=True)
    ends.talk()
    ends.answer(two)
    assert ends.answered == [(1, TAKEN)]
    assert ends.ours.broken is None


def test_a_ping_is_answered() -> None:
    ends = Ends()
    ends.theirs.ping(b"12345678")
    ends.talk()
    assert any(isinstance(each, h2.events.PingAckReceived) for each in ends.events)


def test_the_last_number_of_a_stream_is_the_connections_last() -> None:
    ends = Ends()
    ends.ours._next = 2**31 - 5
    assert ends.ours.room == 3
    for left in (2, 1, 0):
        ends.ours.begin(place(0), REQUEST, b"")
        assert ends.ours.room == left


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9, id="another language"),
        pytest.param(HEAD + b"\x01\x01\x04\x00\x00\x00\x63\x88", id="an answer to what was never asked"),
        pytest.param(HEAD + b"\x01\x01\x04\x00\x00\x00\x02\x88", id="a stream of its own"),
        pytest.param(HEAD + b"\x01\x01\x04\x00\x00\x00\x00\x88", id="an answer of no stream"),
        pytest.param(HEAD + b"\x01\x00\x01\x00\x00\x00\x00\x00", id="data of no stream"),
        pytest.param(HEAD + b"\x01\x01\x04\x00\x00\x00\x01\xfe", id="a reference to what we do not remember"),
        pytest.param(HEAD + b"\x03\x01\x04\x00\x00\x00\x01\x3f\xe1\x1f", id="a table larger than we allow"),
        pytest.param(
            HEAD + b"\x01\x01\x00\x00\x00\x00\x01\x88" + HEAD + b"\x08\x06" + b"\0" * 13, id="an interruption"
        ),
        pytest.param(HEAD + b"\x01\x09\x04\x00\x00\x00\x01\x88", id="a continuation of nothing"),
        pytest.param(HEAD + b"\x01\x01\x0c\x00\x00\x00\x01\x09", id="nothing but padding"),
        pytest.param(HEAD + b"\x01\x01\x24\x00\x00\x00\x01\x88", id="half a priority"),
        pytest.param(HEAD + b"\x03\x03\x00\x00\x00\x00\x01\0\0\0", id="a reset with half a reason"),
        pytest.param(HEAD + b"\x04\x03\x00\x00\x00\x00\x00\0\0\0\0", id="a reset of no stream"),
        pytest.param(HEAD + b"\x05\x04\x00\x00\x00\x00\x00" + b"\0" * 5, id="half a setting"),
        pytest.param(HEAD + b"\x06\x04\x00\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff", id="a window of 4 GiB"),
        pytest.param(HEAD + b"\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x01", id="frames of a byte"),
        pytest.param(HEAD + b"\x06\x04\x00\x00\x00\x00\x01" + b"\0" * 6, id="settings of a stream"),
        pytest.param(HEAD + b"\x04\x05\x04\x00\x00\x00\x01\x00\x00\x00\x02", id="a push"),
        pytest.param(HEAD + b"\x07\x06\x00\x00\x00\x00\x00" + b"\0" * 7, id="half a ping"),
        pytest.param(HEAD + b"\x04\x07\x00\x00\x00\x00\x00" + b"\0" * 4, id="half a goodbye"),
        pytest.param(HEAD + b"\x04\x08\x00\x00\x00\x00\x00" + b"\0" * 4, id="a window that grows by nothing"),
        pytest.param(HEAD + b"\x04\x08\x00\x00\x00\x00\x00\x7f\xff\xff\xff", id="a window that grows too large"),
        pytest.param(b"\x00\x40\x01\x00\x00\x00\x00\x00\x01", id="a frame larger than we allow"),
    ],
)
def test_who_does_not_keep_to_the_protocol_is_told_so_and_nobody_waits_for_it(said: bytes) -> None:
    ends = Ends()
    ends.begin(b"a", b"b")
    answered = ends.ours.receive(said)
    assert [(each[1], reply) for each, reply in answered] == [(n, Reply(0, error=GARBLED)) for n in (0, 1)]
    assert ends.ours.broken is not None
    assert ends.ours.room == 0
    assert ends.ours.outgoing()[-17 + 3] == Kind.GOAWAY


def test_a_server_that_begins_with_anything_but_its_settings_is_none() -> None:
    ours = Connection("https", "fcm.googleapis.com")
    ours.receive(HEAD + b"\x08\x06\x00\x00\x00\x00\x00" + b"12345678")
    assert ours.broken is not None


def test_a_header_block_without_end_is_not_collected_for_ever() -> None:
    ends = Ends()
    ends.begin(b"a")
    ends.ours.receive(b"\x00\x40\x00\x01\x00\x00\x00\x00\x01" + b"\0" * 16_384)
    for _ in range(5):
        ends.ours.receive(b"\x00\x40\x00\x09\x00\x00\x00\x00\x01" + b"\0" * 16_384)
    assert ends.ours.broken is not None


def test_nobody_waits_for_the_end_of_an_endless_answer() -> None:
    ends = Ends()
    one, two = ends.begin(b"a", b"b")
    ends.theirs.send_headers(one, [(":status", "502")])
    for _ in range(3):
        ends.theirs.send_data(one, b"x" * 16_000)
    ends.talk()
    assert [(index, reply.status) for index, reply in ends.answered] == [(0, 502)]
    assert any(isinstance(each, h2.events.StreamReset) for each in ends.events)
    ends.answer(two)
    assert ends.answered[1:] == [(1, TAKEN)]


FRAME = st.tuples(
    st.integers(0, 12),
    st.sampled_from([0, 1, 4, 5, 8, 0x20, 0xFF]),
    st.sampled_from([0, 1, 3, 5, 99]),
    st.binary(max_size=40),
)


@given(st.lists(st.one_of(st.binary(max_size=60), FRAME), max_size=12), st.integers(1, 9))
def test_whatever_is_said_each_message_is_answered_once(said: list[Any], messages: int) -> None:
    ends = Ends()
    ends.begin(*[b"m"] * messages)
    answered = []
    for each in said:
        if isinstance(each, tuple):
            kind, flags, stream, payload = each
            each = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
        answered += [place[1] for place, _ in ends.ours.receive(each)]
    answered += [place[1] for place, _ in ends.ours.lost(LOST)]
    assert sorted(answered) == list(range(messages))
