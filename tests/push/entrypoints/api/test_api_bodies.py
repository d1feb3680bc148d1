"""Bodies that cannot be read, and crashes: each gets its one document, and nothing is stored."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from fakes.world import World, assert_problem
from push.domain.errors import Unavailable
from push.entrypoints.api.bodies import MAX_BYTES
from push.entrypoints.api.guard import Guard, answer_crash

GOOD = b'{"appId": 2, "name": "n"}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def world() -> World:
    return World()


def send(world: World, content: Any, path: str = "/api/push/schedule", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return world.call("POST", path, content=content, headers=named or JSON)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"  \n", b"{", b"name=n", b"{'appId': 2}", b'{"appId": NaN}', b'{"appId": Infinity}', b'{"appId": 1e999}',
        b'{"appId": 2, "name": "\xff"}', GOOD.decode().encode("utf-16"), b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b'{"appId": ' + b"9" * 5_000 + b"}",
        b'{"a": [' + b"[" * 200 + b"]" * 200 + b"]}",
    ],
    ids=["empty", "blank", "cut", "form", "quotes", "NaN", "Infinity", "1e999", "not UTF-8", "UTF-16", "open bomb",
         "object bomb", "digits", "deep"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/push/schedule", "/api/segmentation/appuser"])
def test_what_is_not_json_is_answered_400(world: World, body: bytes, path: str) -> None:
    before = world.stored()
    assert_problem(send(world, body, path), 400)
    assert world.stored() == before


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_json_that_is_no_object_is_answered_422(world: World, body: bytes) -> None:
    assert_problem(send(world, body), 422, "")


@pytest.mark.parametrize(
    "kind",
    [
        "application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"',
        "application/merge-patch+json", "application/json; odata=verbose",
    ],
)  # fmt: skip
def test_json_is_taken_under_each_of_its_names(world: World, kind: str) -> None:
    assert send(world, GOOD, Content_Type=kind).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"}, {"Content-Type": "application/xml"}, {"X": "none said"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
    ids=["text", "form", "latin-1", "xml", "none", "gzip"],
)  # fmt: skip
def test_another_content_type_is_answered_415(world: World, headers: dict[str, str]) -> None:
    before = world.stored()
    assert_problem(world.call("POST", "/api/push/schedule", content=GOOD, headers=headers), 415)
    assert world.stored() == before


def test_a_body_over_1_mib_is_answered_413_by_its_length_and_while_it_is_read(world: World) -> None:
    before = world.stored()
    most = json.dumps({"appId": 2, "name": "n", "x": ""}).encode()
    large = most[:-2] + b"x" * (MAX_BYTES - len(most)) + b'"}'
    assert len(large) == MAX_BYTES
    assert_problem(send(world, large), 422, "/x")
    assert_problem(send(world, large + b" "), 413)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * (MAX_BYTES // 16)

    assert_problem(send(world, pieces()), 413)
    assert_problem(send(world, b"", Content_Type="application/json", Content_Length="9" * 30), 413)
    assert world.stored() == before


def test_a_byte_order_mark_does_no_harm(world: World) -> None:
    assert send(world, b"\xef\xbb\xbf" + GOOD).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (rb'{"appId": 2, "name": "\ud800"}', "/name"),
        (rb'{"appId": 2, "name": "n", "aliases": ["a", "b\uDFFF"]}', "/aliases/1"),
        (rb'{"appId": 2, "name": "n", "payload": {"data": {"extra": {"a/b": "\udc00"}}}}', "/payload/data/extra/a~1b"),
        (rb'{"appId": 2, "name": "n", "payload": {"data": {"\ud834": 1}}}', "/payload/data/?"),
    ],
)
def test_half_a_surrogate_pair_is_answered_422_and_its_place_named(world: World, body: bytes, pointer: str) -> None:
    before = world.stored()
    assert_problem(send(world, body), 422, pointer)
    assert world.stored() == before


def test_whole_pairs_and_brackets_in_texts_are_no_harm(world: World) -> None:
    assert send(world, rb'{"appId": 2, "name": "\ud83c\udf77"}').json()["name"] == "🍷"
    assert world.schedule(name="[" * 150).status_code == 201


def test_a_crash_is_answered_500_once_without_a_stack_trace_and_logged_in_one_line(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.ports.apps.broken = RuntimeError("the inner workings")
    answer = world.schedule()
    assert_problem(answer, 500)
    assert "inner workings" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["severity"], line["message"]) for line in lines] == [("ERROR", "request-crashed")]
    assert "inner workings" in lines[0]["error"]


def test_a_crash_is_readable_for_browsers_too(world: World) -> None:
    world.ports.apps.broken = RuntimeError()
    headers = {"Origin": "https://shop.example"}
    answer = world.call("POST", "/api/push/schedule", json={"appId": 2, "name": "n"}, headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, "*")


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


@pytest.mark.parametrize("started", [False, True])
def test_whatever_escapes_gets_one_response_start(started: bool) -> None:
    sent: list[Message] = []

    async def app(_: Scope, __: Receive, send: Send) -> None:
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("around FastAPI")

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(app, answer_crash)({"type": "http"}, _receive, send))
    assert [message.get("status") for message in sent if message["type"] == "http.response.start"] == [
        200 if started else 500
    ]


def test_a_caller_who_hangs_up_is_no_crash(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None: ...

    headers = [(b"authorization", f"Bearer {world.token()}".encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/push/schedule", "query_string": b"", "headers": headers}

    async def call() -> None:
        await world.api(scope, gone, send)

    asyncio.run(call())
    assert "request-crashed" not in capsys.readouterr().err


def test_a_store_that_does_not_answer_is_answered_503_and_when_to_try_again(world: World) -> None:
    world.ports.apps.broken = Unavailable("Firestore does not answer at the moment; try again")
    answer = world.schedule()
    assert_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer", "said"),
    [
        ("GET", "push/statistics?appId=2&from=1795338140375", None, "/from", "must be a day, such as 2026-11-22"),
        ("GET", "push/statistics?appId=2&to=2026-13-01", None, "/to", "must be a day, such as 2026-11-22"),
        ("GET", "push/statistics?appId=2&to=yesterday", None, "/to", "must be a day, such as 2026-11-22"),
        ("DELETE", "core/app/2?force=maybe", None, "/force", "must be true or false"),
        ("POST", "push/schedule", {"appId": 2, "name": ""}, "/name", "must not be empty"),
        ("POST", "push/schedule", {"appId": 2, "name": "x", "aliases": []}, "/aliases", "must not be empty"),
        ("POST", "push/schedule", {"appId": 2, "name": "x", "template": "nope"}, "/template", "GET push/template"),
        ("POST", "segmentation/appuser", {"alias": "a"}, "/appId", "?appId="),
    ],
)
def test_what_is_said_about_a_field_says_what_to_do(
    world: World, method: str, path: str, body: object, pointer: str, said: str
) -> None:
    answer = world.call(method, f"/api/{path}", json=body)
    assert_problem(answer, 422, pointer)
    assert said in answer.json()["errors"][0]["message"]
