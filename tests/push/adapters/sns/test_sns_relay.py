"""One outcome a target, whatever Amazon does, within the time that a page has."""

import asyncio
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, cast

import pytest
from botocore import exceptions as boto

from fakes.amazon import ADM, BAIDU, FakeAmazon, refusal
from fakes.made import target
from fakes.virtual import ThreadsLoop, run_with_threads
from push.adapters.sns.relay import SnsRelay
from push.domain.device import Platform, Target
from push.domain.errors import Unavailable
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.page import Entry
from push.domain.rendering import SnsMessage

AT_ONCE = 24
PUBLISHED = {"CreatePlatformEndpoint": 1, "GetEndpointAttributes": 1, "Publish": 1}


class Memory:
    """The Endpoints port, as far as the relay needs it."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.stored: dict[str, str] = {}
        self.broken = False

    async def look(self, app: int, entries: Sequence[Entry]) -> list[Entry]:
        if self.broken:
            raise Unavailable("down")
        return [entry._replace(version=1, endpoint=self.stored.get(entry.key, "")) for entry in entries]

    async def of(self, app: int, targets: Sequence[Target]) -> list[str]:
        return []

    async def keep(self, app: int, entries: Sequence[Entry]) -> None:
        if self.broken:
            raise Unavailable("down")
        self.kept |= {entry.key: entry.endpoint for entry in entries}


class Amazon(FakeAmazon):
    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        self.answer = threading.Event()
        self._loop: ThreadsLoop | None = None

    def send(
        self,
        *entries: Entry,
        application: str = ADM,
        timeout_s: float = 20,
        rate: float = inf,
        until: float = inf,
    ) -> list[Outcome]:
        """What the relay said. Who kept silent answers afterwards, and what that leads to happens as well."""

        async def play() -> list[Outcome]:
            relay = SnsRelay("eu-west-1", lambda: self, self.memory, rate, timeout_s)
            self._loop = cast(ThreadsLoop, asyncio.get_running_loop())
            try:
                outcomes = await relay.send(1, application, MESSAGE, entries, until)
                self.answer.set()
                if left := asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())}:
                    await asyncio.wait(left)
                return outcomes
            finally:
                self.answer.set()
                relay.close()

        return run_with_threads(play())

    def takes(self, seconds: float) -> None:
        """For a fault: the call that it is told of takes so long, and no other does."""
        assert self._loop
        self._loop.pass_s(seconds)


MESSAGE = SnsMessage(Platform.ADM, '{"data":{}}', {"AWS.SNS.MOBILE.ADM.TTL": "60"})


def entry(value: str, endpoint: str = "", platform: Platform = Platform.ADM, version: int | None = 1) -> Entry:
    return Entry(value, value, target(value, platform), "d", "id", version, endpoint=endpoint)


def known(amazon: Amazon, value: str, enabled: bool = True) -> Entry:
    """A target whose endpoint Amazon has, and is stored."""
    arn = amazon.create_platform_endpoint(PlatformApplicationArn=ADM, Token=value, Attributes={})["EndpointArn"]
    amazon.endpoints[arn]["Enabled"] = str(enabled).lower()
    amazon.calls.clear()
    return entry(value, arn)


def never_answers(amazon: Amazon, calls: int) -> Callable[..., None]:
    """It does not answer; once so many calls are open, their time runs out."""
    count = itertools.count(1)

    def wait(*_: Any) -> None:
        if next(count) == calls:
            amazon.takes(60)
        amazon.answer.wait(20)

    return wait


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


def test_a_new_target_gets_an_endpoint_once_and_its_message(amazon: Amazon) -> None:
    assert amazon.send(entry("t")) == [ACCEPTED]
    assert Counter(amazon.calls) == PUBLISHED
    (arn,) = amazon.endpoints
    assert amazon.memory.kept == {"t": arn}
    assert amazon.said[-1] == {
        "TargetArn": arn,
        "Message": MESSAGE.text,
        "MessageStructure": "json",
        "MessageAttributes": {"AWS.SNS.MOBILE.ADM.TTL": {"DataType": "String", "StringValue": "60"}},
    }


def test_nobody_to_send_to_is_no_call(amazon: Amazon) -> None:
    assert amazon.send() == []
    assert amazon.calls == []


def test_a_target_with_an_endpoint_costs_one_call(amazon: Amazon) -> None:
    assert amazon.send(known(amazon, "t")) == [ACCEPTED]
    assert (amazon.calls, amazon.memory.kept) == (["Publish"], {})


def test_who_was_read_through_their_device_is_looked_up_first(amazon: Amazon) -> None:
    stored = known(amazon, "t")
    amazon.memory.stored["t"] = stored.endpoint
    assert amazon.send(entry("t", version=None)) == [ACCEPTED]
    assert amazon.calls == ["Publish"]


def test_a_database_that_is_down_stops_no_message(amazon: Amazon) -> None:
    amazon.memory.broken = True
    assert amazon.send(entry("t", version=None), entry("u")) == [ACCEPTED, ACCEPTED]
    assert len(amazon.published) == 2


def test_an_endpoint_that_was_disabled_works_again_for_a_phone_that_registers_anew(amazon: Amazon) -> None:
    disabled = known(amazon, "t", enabled=False)
    assert amazon.send(entry("t")) == [ACCEPTED]
    assert amazon.endpoints[disabled.endpoint]["Enabled"] == "true"


def test_an_endpoint_with_other_attributes_is_found_by_what_amazon_says_of_it(amazon: Amazon) -> None:
    arn = known(amazon, "t", enabled=False).endpoint

    def exists(operation: str, _: Any) -> None:
        if operation == "CreatePlatformEndpoint":
            text = f"Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different"
            raise refusal("InvalidParameter", f"{text} attributes.", operation=operation)

    amazon.faults = exists
    assert amazon.send(entry("t")) == [ACCEPTED]
    assert amazon.published == [arn]


def test_an_endpoint_that_got_another_token_is_given_the_phones_own(amazon: Amazon) -> None:
    arn = known(amazon, "t").endpoint

    def moved(operation: str, _: Any) -> None:
        if operation == "GetEndpointAttributes":
            amazon.endpoints[arn]["Token"] = "another"

    amazon.faults = moved
    assert amazon.send(entry("t")) == [ACCEPTED]
    assert amazon.endpoints[arn]["Token"] == "t"


def test_a_known_endpoint_that_amazon_disabled_means_that_the_phone_is_gone(amazon: Amazon) -> None:
    assert amazon.send(known(amazon, "t", enabled=False)) == [Outcome(Kind.DEAD, "SNS_EndpointDisabled")]
    assert amazon.calls == ["Publish"]


def test_an_endpoint_that_was_enabled_just_now_is_given_another_try(amazon: Amazon) -> None:
    known(amazon, "t", enabled=False)

    def late(operation: str, _: Any) -> None:
        if operation == "Publish":
            raise refusal("EndpointDisabled")

    amazon.faults = late
    assert [said.kind for said in amazon.send(entry("t"))] == [Kind.RETRY]
    assert amazon.memory.kept  # so that the next try takes Amazon at its word


def test_an_endpoint_that_somebody_deleted_is_made_anew(amazon: Amazon) -> None:
    gone = known(amazon, "t")
    amazon.endpoints.clear()
    assert amazon.send(gone) == [ACCEPTED]
    assert amazon.calls == ["Publish", "CreatePlatformEndpoint", "GetEndpointAttributes", "Publish"]
    assert amazon.memory.kept == {"t": amazon.published[0]}


def test_an_endpoint_of_the_application_that_the_app_had_before_is_not_used(amazon: Amazon) -> None:
    other = "arn:aws:sns:eu-west-1:123456789012:app/ADM/wines-next"
    assert amazon.send(known(amazon, "t"), application=other) == [ACCEPTED]
    assert amazon.calls[0] == "CreatePlatformEndpoint"


def test_an_application_that_is_gone_is_said_once_and_kills_no_target(amazon: Amazon) -> None:
    gone = known(amazon, "t")
    amazon.endpoints.clear()

    def missing(operation: str, _: Any) -> None:
        if operation == "CreatePlatformEndpoint":
            raise refusal("NotFound", "PlatformApplication does not exist", 404, operation)

    amazon.faults = missing
    assert amazon.send(gone) == [Outcome(Kind.MISCONFIGURED, "SNS_NotFound")]


def test_baidu_is_told_both_ids_of_a_phone(amazon: Amazon) -> None:
    assert amazon.send(entry("channel|user", platform=Platform.BAIDU), application=BAIDU) == [ACCEPTED]
    assert amazon.said[0] == {
        "PlatformApplicationArn": BAIDU,
        "Token": "channel",
        "Attributes": {"ChannelId": "channel", "UserId": "user"},
    }


@pytest.mark.parametrize("value", ["channel", "channel|", "|user"])
def test_a_baidu_phone_that_told_half_of_it_is_rejected_and_kept(amazon: Amazon, value: str) -> None:
    said = amazon.send(entry(value, platform=Platform.BAIDU), application=BAIDU)
    assert (said, amazon.calls) == ([Outcome(Kind.REJECTED, "SNS_NoUserId")], [])


@pytest.mark.parametrize("application", [ADM.replace("eu-west-1", "us-east-1"), "wines"])
def test_an_application_of_another_region_is_not_asked_for(amazon: Amazon, application: str) -> None:
    said = amazon.send(entry("t"), application=application)
    assert (said, amazon.calls) == ([Outcome(Kind.MISCONFIGURED, "SNS_OtherRegion")], [])


def test_one_bad_target_stops_no_other(amazon: Amazon) -> None:
    entries = [known(amazon, f"t{number}") for number in range(50)]

    def fault(operation: str, said: dict[str, Any]) -> None:
        if said.get("TargetArn") == entries[7].endpoint:
            raise boto.ReadTimeoutError(endpoint_url="https://sns")

    amazon.faults = fault
    outcomes = amazon.send(*entries)
    assert outcomes.pop(7) == Outcome(Kind.UNKNOWN, "SNS_ReadTimeoutError")
    assert outcomes == [ACCEPTED] * 49


def test_never_more_calls_are_open_than_there_are_connections(amazon: Amazon) -> None:
    entries = [known(amazon, f"t{number}") for number in range(200)]
    open_, most, lock, full = 0, 0, threading.Lock(), threading.Event()

    def slow(*_: Any) -> None:
        nonlocal open_, most
        with lock:
            open_ += 1
            most = max(most, open_)
            if open_ == AT_ONCE:
                full.set()
        full.wait(20)
        time.sleep(0.01)  # for one too many to be seen
        with lock:
            open_ -= 1

    amazon.faults = slow
    assert amazon.send(*entries) == [ACCEPTED] * 200
    assert most == AT_ONCE


def test_an_amazon_that_does_not_answer_holds_no_page_beyond_its_time(amazon: Amazon) -> None:
    entries = [known(amazon, f"t{number}") for number in range(AT_ONCE + 5)]
    amazon.faults = never_answers(amazon, AT_ONCE)
    outcomes = amazon.send(*entries)
    # What was begun may have been sent; what was not surely was not, and never will be.
    assert Counter(said.kind for said in outcomes) == {Kind.UNKNOWN: AT_ONCE, Kind.RETRY: 5}
    assert len(amazon.calls) == AT_ONCE


def test_a_target_whose_endpoint_is_still_being_made_was_not_sent_to(amazon: Amazon) -> None:
    amazon.faults = never_answers(amazon, 1)
    assert amazon.send(entry("t")) == [Outcome(Kind.RETRY, "SNS_TooLate", 10)]
    assert (amazon.calls, amazon.published) == (["CreatePlatformEndpoint"], [])


def test_a_message_is_not_begun_once_its_time_is_over(amazon: Amazon) -> None:
    def slow(operation: str, _: Any) -> None:
        if operation == "GetEndpointAttributes":
            amazon.takes(12)

    amazon.faults = slow
    assert amazon.send(entry("t"), timeout_s=20) == [Outcome(Kind.RETRY, "SNS_TooLate", 10)]
    assert (amazon.published, list(amazon.memory.kept)) == ([], ["t"])


def test_no_message_is_begun_once_its_run_has_expired(amazon: Amazon) -> None:
    now = 1_000 * time.time()
    (late,) = amazon.send(known(amazon, "a"), until=now - 1)
    assert late.kind is Kind.RETRY
    assert amazon.calls == []
    assert amazon.send(known(amazon, "b"), until=now + 60_000) == [ACCEPTED]


def test_a_throttled_process_slows_down_and_says_when_to_come_again(amazon: Amazon) -> None:
    entries = [known(amazon, f"t{number}") for number in range(100)]

    def throttle(*_: Any) -> None:
        raise refusal("Throttled", "Rate exceeded", 429)

    amazon.faults = throttle
    outcomes = amazon.send(*entries, rate=10_000, timeout_s=0.5)
    assert {said.kind for said in outcomes} == {Kind.RETRY}
    assert {said.code for said in outcomes} <= {"SNS_Throttled", "SNS_TooLate"}
    assert len(amazon.calls) < len(entries)


def test_endpoints_are_asked_for_at_a_tenth_of_the_rate_as_amazons_quotas_are(amazon: Amazon) -> None:
    outcomes = amazon.send(*(entry(f"t{number}") for number in range(30)), rate=200, timeout_s=1)
    assert Kind.RETRY in {said.kind for said in outcomes}
    # Twenty a second, for half a second.
    assert 9 <= len(amazon.calls) - len(amazon.published) <= 11


def test_an_endpoint_that_amazon_does_not_delete_is_tried_again(amazon: Amazon) -> None:
    def refused(*_: Any) -> None:
        raise refusal("AuthorizationError", "", 403, "DeleteEndpoint")

    async def play() -> None:
        relay = SnsRelay("eu-west-1", lambda: amazon, amazon.memory, 100, 5)
        try:
            await relay.forget("arn")
        finally:
            relay.close()

    amazon.faults = refused
    with pytest.raises(Unavailable, match="did not delete"):
        asyncio.run(play())


def test_without_boto3_the_platform_is_misconfigured_and_nothing_else() -> None:
    def connect() -> None:
        raise ModuleNotFoundError("No module named 'boto3'")

    async def play() -> list[Outcome]:
        relay = SnsRelay("eu-west-1", connect, Memory(), 100, 5)
        try:
            return await relay.send(1, ADM, MESSAGE, [entry("t")])
        finally:
            relay.close()

    (said,) = asyncio.run(play())
    assert (said, said.refuses_platform) == (Outcome(Kind.MISCONFIGURED, "SNS_ModuleNotFoundError"), True)


def test_a_relay_that_gives_up_says_at_once_what_may_be_on_its_way_and_begins_nothing_more(amazon: Amazon) -> None:
    entries = [known(amazon, f"t{n}") for n in range(AT_ONCE + 6)]

    def silent(*_: Any) -> None:
        amazon.answer.wait(60)

    amazon.faults = silent

    async def play() -> tuple[list[Outcome], list[Outcome]]:
        relay = SnsRelay("eu-west-1", lambda: amazon, amazon.memory, 10_000, 60)
        try:
            sending = asyncio.create_task(relay.send(1, ADM, MESSAGE, entries))
            while len(amazon.calls) < AT_ONCE:  # noqa: ASYNC110  its threads tell nobody
                await asyncio.sleep(0.01)
            relay.give_up()
            outcomes = await asyncio.wait_for(sending, 20)
            return outcomes, await relay.send(1, ADM, MESSAGE, entries[:1])
        finally:
            amazon.answer.set()
            relay.close()

    outcomes, afterwards = asyncio.run(play())
    assert Counter(outcome.kind for outcome in outcomes) == {Kind.UNKNOWN: AT_ONCE, Kind.RETRY: 6}
    assert [outcome.kind for outcome in afterwards] == [Kind.RETRY]
