"""Platforms beyond FCM: a second provider beside it, on one ledger, and neither stops the other."""

import asyncio

import pytest

from fakes.engine import Engine
from fakes.sender import FakeRelay
from push.domain.device import Platform
from push.domain.outcome import Kind, Outcome
from push.domain.schedule import State

ARN = "arn:aws:sns:eu-west-1:123456789012:app/ADM/wines"


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    made.relay, made.sns_applications = FakeRelay(), {"adm": ARN}
    made.add_devices(30)
    made.add_devices(30, Platform.ADM)
    return made


def played(engine: Engine, **accept: object) -> None:
    async def play() -> None:
        await engine.accept(**accept)  # type: ignore[arg-type]
        await engine.run_until_idle()

    asyncio.run(play())


def relayed(engine: Engine) -> list[str]:
    assert engine.relay is not None
    return sorted(value for _, value, _ in engine.relay.sent)


def counts(engine: Engine) -> dict[str, int]:
    return {name: count for name, count in (engine.run().counts or {}).items() if count}


FIRE = sorted(f"token-{number}" for number in range(30, 60))


def test_each_phone_gets_its_message_by_the_provider_of_its_platform(engine: Engine) -> None:
    played(engine)
    assert sorted(engine.sender.targets) == sorted(f"token-{number}" for number in range(30))
    assert relayed(engine) == FIRE
    assert counts(engine) == {"targeted": 60, "accepted": 60}
    assert engine.relay is not None
    application, _, message = engine.relay.sent[0]
    assert (application, message.platform) == (ARN, Platform.ADM)


def test_neither_provider_waits_for_the_other(engine: Engine) -> None:
    fcm, amazon = asyncio.Event(), asyncio.Event()

    async def both(mine: asyncio.Event, other: asyncio.Event) -> None:
        mine.set()
        async with asyncio.timeout(60):
            await other.wait()

    assert engine.relay is not None
    engine.sender.before = lambda: both(fcm, amazon)
    engine.relay.before = lambda: both(amazon, fcm)
    played(engine)
    assert counts(engine) == {"targeted": 60, "accepted": 60}


def test_a_message_lives_at_amazon_only_as_long_as_the_run(engine: Engine) -> None:
    played(engine, lives_ms=90_000)
    assert engine.relay is not None
    assert engine.relay.sent[0][2].attributes["AWS.SNS.MOBILE.ADM.TTL"] == "90"


def test_a_platform_that_the_app_has_no_application_for_has_no_sender(engine: Engine) -> None:
    engine.add_devices(2, Platform.BAIDU)
    played(engine)
    assert engine.run().reasons == {"NO_SENDER": 2}


def test_where_amazon_is_not_configured_its_platforms_have_no_sender(engine: Engine) -> None:
    engine.relay = None
    played(engine)
    assert engine.run().reasons == {"NO_SENDER": 30}
    assert len(engine.sender.targets) == 30


def test_what_only_amazon_lacks_stops_its_platform_and_no_other(engine: Engine) -> None:
    assert engine.relay is not None
    engine.relay.answer = lambda _: Outcome(Kind.MISCONFIGURED, "SNS_AuthorizationError")
    played(engine)
    assert engine.run().state is State.SENT
    assert engine.run().halted_renderings == ("adm",)
    assert counts(engine)["accepted"] == 30
    assert engine.audience.removed == set()


def test_what_amazon_gives_back_is_sent_again_later_without_the_others(engine: Engine) -> None:
    assert engine.relay is not None
    refused = set(FIRE[:5])

    def answer(value: str) -> Outcome:
        if value in refused:
            refused.discard(value)
            return Outcome(Kind.RETRY, "SNS_Throttled", 10)
        return Outcome(Kind.ACCEPTED)

    engine.relay.answer = answer
    played(engine)
    assert relayed(engine) == sorted([*FIRE, *FIRE[:5]])
    assert len(engine.sender.targets) == 30
    assert counts(engine) == {"targeted": 60, "accepted": 60}


def test_a_phone_that_amazon_calls_gone_leaves_the_audience(engine: Engine) -> None:
    assert engine.relay is not None
    engine.relay.answer = lambda value: Outcome(Kind.DEAD if value == FIRE[0] else Kind.ACCEPTED)
    played(engine)
    assert len(engine.audience.removed) == 1
    assert counts(engine) == {"targeted": 60, "failed": 1, "accepted": 59, "dead": 1}


def test_a_text_that_amazon_refuses_for_everybody_is_not_sent_to_the_rest(engine: Engine) -> None:
    assert engine.relay is not None
    engine.relay.answer = lambda _: Outcome(Kind.REJECTED, "SNS_InvalidParameter")
    played(engine)
    assert engine.run().halted_renderings == ("adm",)
    assert counts(engine)["accepted"] == 30
