"""Sending: one outcome a message, in order, and never a message twice; against an FCM that checks and misbehaves."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from contract.http2_server import Server, Withholding
from fakes.sender import FakeSender
from infra.local import ports
from push.adapters.credentials import AccessTokens, for_emulator
from push.adapters.fcm.batch import Request
from push.adapters.fcm.exchange import Exchange
from push.adapters.fcm.http2.dialer import endpoint
from push.adapters.fcm.sender import FcmSender
from push.domain.outcome import ACCEPTED, Kind, Outcome

Play = Callable[[Any], Awaitable[None]]
TIMEOUT_S = 10
# The emulator looks for the socket of each connection that it is to cut.
BUSY_S = 30
# Longer than any of it takes: what lasts as long has failed.
PATIENCE_S = 60
# Where what hangs must not be saved by its own end.
LONG_S = 2 * PATIENCE_S


@pytest.fixture(scope="module")
def fcm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = ports.free().fcm
    log = (tmp_path_factory.mktemp("fcm") / "log").open("w")
    command = [sys.executable, "-m", "infra.local.fcm", "--port", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(transport=transport) as client:
            client.get(f"{url}/health").raise_for_status()
        yield url
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture
def clean(fcm: str) -> str:
    httpx.delete(f"{fcm}/behaviour", timeout=BUSY_S).raise_for_status()
    httpx.delete(f"{fcm}/inbox", timeout=BUSY_S).raise_for_status()
    return fcm


def messages(*tokens: str) -> list[bytes]:
    return [json.dumps({"message": {"token": token, "data": {"scheduleId": "s"}}}).encode() for token in tokens]


def send(url: str, *tokens: str, tokens_from: Callable[[], tuple[str, float]] = for_emulator) -> list[Outcome]:
    async def play() -> list[Outcome]:
        sender = FcmSender(url, AccessTokens(tokens_from), TIMEOUT_S)
        try:
            return await sender.send("demo", messages(*tokens))
        finally:
            sender.close()

    return asyncio.run(play())


def behave(url: str, **behaviour: Any) -> None:
    httpx.put(f"{url}/behaviour", json=behaviour, timeout=BUSY_S).raise_for_status()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110  it becomes true elsewhere
            await asyncio.sleep(0.01)


def inbox(url: str) -> Counter[str]:
    return Counter(row["target"] for row in httpx.get(f"{url}/inbox", timeout=BUSY_S).json())


@pytest.fixture(params=["fake", "fcm"])
def on(request: pytest.FixtureRequest) -> Callable[[Play], None]:
    def run(play: Play) -> None:
        async def whole() -> None:
            if request.param == "fake":
                await play(FakeSender())
                return
            sender = FcmSender(request.getfixturevalue("clean"), AccessTokens(for_emulator), TIMEOUT_S)
            try:
                await play(sender)
            finally:
                sender.close()

        asyncio.run(whole())

    return run


def test_every_message_has_its_outcome(on: Callable[[Play], None]) -> None:
    async def play(sender: Any) -> None:
        assert await sender.send("demo", messages(*(f"t{n}" for n in range(700)))) == [ACCEPTED] * 700
        assert await sender.send("demo", messages("u"), urgent=True) == [ACCEPTED]
        assert await sender.send("demo", []) == []

    on(play)


def test_nothing_goes_out_after_its_time(on: Callable[[Play], None]) -> None:
    async def play(sender: Any) -> None:
        now = 1_000 * time.time()
        late = await sender.send("demo", messages("late", "later"), until=now - 1)
        assert [outcome.kind for outcome in late] == [Kind.RETRY, Kind.RETRY]
        assert await sender.send("demo", messages("early"), until=now + 1_000 * BUSY_S) == [ACCEPTED]

    on(play)


def test_several_pages_go_out_at_once(on: Callable[[Play], None]) -> None:
    async def play(sender: Any) -> None:
        pages = [messages(*(f"{page}-{n}" for n in range(100))) for page in range(8)]
        answers = await asyncio.gather(*(sender.send("demo", page) for page in pages))
        assert answers == [[ACCEPTED] * 100] * 8

    on(play)


def test_who_watches_sees_each_outcome_once_and_by_its_place(on: Callable[[Play], None]) -> None:
    async def play(sender: Any) -> None:
        seen: list[tuple[int, Outcome]] = []
        page = messages(*(f"watched-{n}" for n in range(50)))
        assert await sender.send("demo", page, watch=lambda *told: seen.append(told)) == [ACCEPTED] * 50
        assert sorted(seen) == [(n, ACCEPTED) for n in range(50)]

    on(play)


def test_who_watches_sees_the_quick_answers_before_the_slow_one(clean: str) -> None:
    async def play() -> None:
        sender, seen = FcmSender(server.url, AccessTokens(for_emulator), TIMEOUT_S), asyncio.Event()
        places: list[int] = []

        def watch(index: int, _: Outcome) -> None:
            places.append(index)
            seen.set()

        try:
            sending = asyncio.create_task(sender.send("demo", messages("slow", "quick"), watch=watch))
            await asyncio.wait_for(seen.wait(), PATIENCE_S)
            assert (places, sending.done()) == ([1], False)
            slow.release()
            assert await sending == [ACCEPTED] * 2
            assert places == [1, 0]
        finally:
            sender.close()

    slow = Withholding(b"slow")
    with Server(slow) as server:
        asyncio.run(play())


def test_who_watches_is_not_told_of_a_401_that_is_tried_once_more(clean: str) -> None:
    behave(clean, rules=[{"prefix": "late", "error": "UNAUTHENTICATED"}])

    async def play() -> None:
        sender, places = FcmSender(clean, AccessTokens(lambda: ("t", float("inf"))), TIMEOUT_S), []
        try:
            await sender.send("demo", messages("late", "quick"), watch=lambda index, _: places.append(index))
            assert places == [1]
        finally:
            sender.close()

    asyncio.run(play())


def test_outcomes_come_in_the_order_of_the_messages(clean: str) -> None:
    behave(clean, rules=[{"prefix": "gone", "error": "UNREGISTERED"}, {"prefix": "slow", "delayMs": 50}])
    outcomes = send(clean, *(f"{('gone', 'slow', 'good')[n % 3]}-{n}" for n in range(90)))
    assert [outcome.kind for outcome in outcomes] == [Kind.DEAD, Kind.ACCEPTED, Kind.ACCEPTED] * 30


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("UNREGISTERED", Kind.DEAD),
        ("NOT_FOUND", Kind.MISCONFIGURED),
        ("INVALID_TOKEN", Kind.DEAD),
        ("INVALID_ARGUMENT", Kind.REJECTED),
        ("SENDER_ID_MISMATCH", Kind.DEAD),
        ("PERMISSION_DENIED", Kind.MISCONFIGURED),
        ("THIRD_PARTY_AUTH_ERROR", Kind.MISCONFIGURED),
        ("UNAUTHENTICATED", Kind.RETRY),
        ("QUOTA_EXCEEDED", Kind.RETRY),
        ("INTERNAL", Kind.RETRY),
        ("UNAVAILABLE", Kind.RETRY),
    ],
)
def test_an_error_of_fcm_becomes_its_outcome(clean: str, error: str, kind: Kind) -> None:
    behave(clean, rules=[{"prefix": "bad", "error": error}])
    assert [outcome.kind for outcome in send(clean, "good", "bad")] == [Kind.ACCEPTED, kind]
    assert inbox(clean) == {"good": 1}


def test_retry_after_is_kept(clean: str) -> None:
    behave(clean, rules=[{"prefix": "", "error": "QUOTA_EXCEEDED", "retryAfter": 33}])
    assert send(clean, "t")[0].after_s == 33


def test_a_connection_that_breaks_after_accepting_never_makes_a_phone_ring_twice(clean: str) -> None:
    async def play() -> list[Outcome]:
        sender = FcmSender(clean, AccessTokens(for_emulator), TIMEOUT_S)
        try:
            # Clients that repeat a request by themselves do so on a connection that they have used before.
            assert await sender.send("demo", messages(*(f"warm{n}" for n in range(50)))) == [ACCEPTED] * 50
            behave(clean, rules=[{"prefix": "cut", "drop": "after"}])
            return await sender.send("demo", messages(*(f"cut{n}" for n in range(20))))
        finally:
            sender.close()

    outcomes = asyncio.run(play())
    assert {outcome.kind for outcome in outcomes} <= {Kind.UNKNOWN, Kind.RETRY}
    assert max(inbox(clean).values()) == 1
    accepted = {token for token in inbox(clean) if token.startswith("cut")}
    surely_not = {f"cut{n}" for n, outcome in enumerate(outcomes) if outcome.kind is Kind.RETRY}
    assert not accepted & surely_not


def test_an_fcm_that_is_not_there_took_nothing(clean: str) -> None:
    nowhere = f"http://127.0.0.1:{ports.free().fcm}"
    assert [outcome.kind for outcome in send(nowhere, "a", "b")] == [Kind.RETRY, Kind.RETRY]


def test_an_access_token_that_ran_out_is_fetched_again_once(clean: str) -> None:
    behave(clean, rules=[{"prefix": "", "error": "UNAUTHENTICATED", "times": 2}])
    fetched: list[str] = []

    def fetch() -> tuple[str, float]:
        fetched.append("x")
        return f"token-{len(fetched)}", float("inf")

    assert send(clean, "a", "b", tokens_from=fetch) == [ACCEPTED, ACCEPTED]
    assert len(fetched) == 2
    assert inbox(clean) == {"a": 1, "b": 1}


def test_a_project_whose_name_is_no_name_harms_only_itself(clean: str) -> None:
    """A dash pasted from a document once ended the sending thread, and with it every other project's sending."""

    async def play() -> None:
        sender = FcmSender(clean, AccessTokens(for_emulator), LONG_S)
        try:
            for project in ("halo\u2011prod", "halo prod", "a/b", "../x", "\x00", ""):
                outcomes = await asyncio.wait_for(sender.send(project, messages("a")), PATIENCE_S)
                assert len(outcomes) == 1
            assert await asyncio.wait_for(sender.send("demo", messages("b")), PATIENCE_S) == [ACCEPTED]
        finally:
            sender.close()

    asyncio.run(play())


@pytest.mark.parametrize("head", ["Bearer \u2011", "Bearer a\r\nx: y", "Bearer " + "a" * 9_000])
def test_a_request_that_cannot_be_made_is_answered_and_the_next_ones_are_sent(clean: str, head: str) -> None:
    async def play() -> None:
        exchange = Exchange(endpoint(clean), TIMEOUT_S)
        path = "/v1/projects/demo/messages:send"
        try:
            bad = await asyncio.wait_for(
                exchange.post(Request(path, (("authorization", head),)), messages("a")), PATIENCE_S
            )
            assert [(reply.status, reply.sent) for reply in bad] == [(0, False)]
            request = Request(path, (("authorization", "Bearer x"),))
            assert [r.status for r in await asyncio.wait_for(exchange.post(request, messages("c")), PATIENCE_S)] == [
                200
            ]
        finally:
            exchange.close()

    asyncio.run(play())
    assert inbox(clean) == {"c": 1}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TransportError("metadata server: timed out"), Kind.RETRY),
        (RefreshError("try later", retryable=True), Kind.RETRY),
        (DefaultCredentialsError("none"), Kind.MISCONFIGURED),
        (ValueError("half an answer"), Kind.RETRY),
    ],
)
def test_trouble_with_the_second_access_token_does_not_touch_what_was_accepted(
    clean: str, error: Exception, kind: Kind
) -> None:
    behave(clean, rules=[{"prefix": "late", "error": "UNAUTHENTICATED"}])
    fetched = 0

    def fetch() -> tuple[str, float]:
        nonlocal fetched
        fetched += 1
        if fetched > 1:
            raise error
        return "first", float("inf")

    outcomes = send(clean, "a", "late", "b", tokens_from=fetch)
    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED, kind, Kind.ACCEPTED]


def test_without_any_access_token_nothing_is_lost_that_waiting_would_mend(clean: str) -> None:
    def fetch() -> tuple[str, float]:
        raise TransportError("metadata server: timed out")

    assert [outcome.kind for outcome in send(clean, "a", tokens_from=fetch)] == [Kind.RETRY]
    assert inbox(clean) == {}


def test_neither_an_urgent_message_nor_another_project_waits_for_one_whose_answers_take_long() -> None:
    async def play() -> None:
        sender = FcmSender(server.url, AccessTokens(for_emulator), timeout_s=60)
        try:
            pages = [messages(*(f"slow{page}-{n}" for n in range(500))) for page in range(3)]
            waiting = asyncio.gather(*(sender.send("slow", page) for page in pages))
            await until(lambda: server.received.total() >= 500)
            others = [sender.send("other", messages("b")), sender.send("slow", messages("u"), urgent=True)]
            assert await asyncio.gather(*others) == [[ACCEPTED], [ACCEPTED]]
            assert not waiting.done()
            slow.release()
            assert await waiting == [[ACCEPTED] * 500] * 3
        finally:
            sender.close()

    slow = Withholding(b"slow")
    with Server(slow) as server:
        asyncio.run(play())


def test_what_nobody_waits_for_any_more_is_not_sent_later(clean: str) -> None:
    behave(clean, rules=[{"prefix": "slow", "delayMs": 400}])

    async def play() -> None:
        sender = FcmSender(clean, AccessTokens(for_emulator), TIMEOUT_S)
        try:
            sending = asyncio.create_task(sender.send("demo", messages(*(f"slow{n}" for n in range(3_000)))))
            await asyncio.sleep(0.3)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            # The same places are there for others.
            assert await sender.send("demo", messages(*(f"t{n}" for n in range(1_500)))) == [ACCEPTED] * 1_500
            await asyncio.sleep(0.5)
        finally:
            sender.close()

    asyncio.run(play())
    received = inbox(clean)
    assert sum(target.startswith("slow") for target in received) <= 1_000
    assert sum(target.startswith("t") for target in received) == 1_500


def test_a_sender_that_has_given_up_sends_nothing_any_more(on: Callable[[Play], None]) -> None:
    async def play(sender: Any) -> None:
        assert await sender.send("demo", messages("a")) == [ACCEPTED]
        sender.give_up()
        assert [outcome.kind for outcome in await sender.send("demo", messages("b", "c"))] == [Kind.RETRY] * 2

    on(play)


def test_whoever_waits_when_the_sender_gives_up_is_told_at_once_what_may_be_on_its_way(clean: str) -> None:
    # All that fit in at once are kept waiting; who came after them would be accepted at once.
    behave(clean, rules=[{"prefix": "slow", "delayMs": 30_000, "times": 800}])

    async def play() -> list[Outcome]:
        sender = FcmSender(clean, AccessTokens(for_emulator), LONG_S)
        try:
            page = messages(*(f"quick{n}" for n in range(50)), *(f"slow{n}" for n in range(1_450)))
            sending = asyncio.create_task(sender.send("demo", page))
            await until(lambda: len(inbox(clean)) >= 50)
            sender.give_up()
            outcomes = await asyncio.wait_for(sending, PATIENCE_S)
            await asyncio.sleep(0.3)
        finally:
            sender.close()
        return outcomes

    outcomes = asyncio.run(play())
    assert outcomes[:50] == [ACCEPTED] * 50
    assert {outcome.kind for outcome in outcomes[50:]} == {Kind.UNKNOWN, Kind.RETRY}
    surely_not = {f"slow{n}" for n, outcome in enumerate(outcomes[50:]) if outcome.kind is Kind.RETRY}
    assert len(surely_not) >= 650
    assert inbox(clean).keys() == {f"quick{n}" for n in range(50)}
