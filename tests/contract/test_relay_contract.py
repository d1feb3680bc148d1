"""The second provider: one outcome a target, in order; against moto, which plays Amazon SNS."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from fakes.made import device, target
from fakes.sender import FakeRelay
from infra.local import ports
from push.adapters.sns.client import connect
from push.adapters.sns.relay import SnsRelay
from push.domain.device import Platform
from push.domain.keyspace import KeyRange
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.page import Entry
from push.domain.payload import Payload
from push.domain.rendering import Content, SnsMessage, render_sns

REGION = "eu-west-1"
CONTENT = Content(
    schedule_id="5" * 24, name="n", payload=Payload.model_validate({"notification": {"title": "T", "body": "B"}})
)
On = Callable[[Callable[[Any], Awaitable[None]]], None]


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = ports.free().fcm
    log = (tmp_path_factory.mktemp("moto") / "log").open("w")
    command = [sys.executable, "-m", "moto.server", "-H", ports.HOST, "-p", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    url = f"http://{ports.HOST}:{port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as client:
            client.get(f"{url}/moto-api/").raise_for_status()
        yield url
    finally:
        process.terminate()
        process.wait(20)
        log.close()


class Amazon:
    """moto, emptied, with an application for each platform."""

    def __init__(self, url: str) -> None:
        httpx.post(f"{url}/moto-api/reset").raise_for_status()
        self.url = url
        self.client = connect(REGION, url, 5, 4)
        credentials = {"PlatformPrincipal": "p", "PlatformCredential": "c"}
        self.applications = {
            platform: self.client.create_platform_application(
                Name="wines", Platform=platform.name, Attributes=credentials
            )["PlatformApplicationArn"]
            for platform in (Platform.ADM, Platform.BAIDU)
        }

    def messages(self) -> dict[str, list[Any]]:
        """What each token's phone got, out of moto's own records."""
        endpoints = httpx.get(f"{self.url}/moto-api/data.json").json()["sns"].get("PlatformEndpoint", [])
        return {each["token"]: [json.loads(text) for text in each["messages"].values()] for each in endpoints}

    def endpoints(self, platform: Platform) -> list[str]:
        application = self.applications[platform]
        listed = self.client.list_endpoints_by_platform_application(PlatformApplicationArn=application)
        return [each["EndpointArn"] for each in listed["Endpoints"]]

    def disable(self, endpoint: str) -> None:
        """As Amazon does when the platform's own service says that the phone is gone."""
        self.client.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})

    def relay(self, endpoints: Any) -> SnsRelay:
        return SnsRelay(REGION, lambda: connect(REGION, self.url, 5, 32), endpoints, 10_000, 20)


@pytest.fixture
def amazon(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    made = Amazon(moto)
    yield made
    made.client.close()


def message(platform: Platform = Platform.ADM) -> SnsMessage:
    return render_sns(CONTENT, platform, 60)


async def stored(stores: Any, platform: Platform, *values: str) -> list[Entry]:
    known = [device(number, targets=(target(value, platform),)) for number, value in enumerate(values)]
    await stores.devices.put_many(1, known)
    return await scanned(stores)


async def addressed(stores: Any, relay: SnsRelay, application: str, *values: str) -> list[Entry]:
    """Fire devices that have had a message: their endpoints are known."""
    entries = await stored(stores, Platform.ADM, *values)
    assert await relay.send(1, application, message(), entries) == [ACCEPTED] * len(values)
    return await scanned(stores)


async def scanned(stores: Any) -> list[Entry]:
    found = [entry async for batch in stores.audience.scan(1, (), KeyRange("", ""), "") for entry in batch]
    return sorted(found, key=lambda entry: entry.target.value if entry.target else "")


@pytest.mark.parametrize(
    ("platform", "values"), [(Platform.ADM, ("a", "b", "c")), (Platform.BAIDU, ("a|1", "b|2", "c|3"))]
)
def test_phones_get_their_message_again_and_again_under_one_endpoint(
    on: On, amazon: Amazon, platform: Platform, values: tuple[str, ...]
) -> None:
    async def play(stores: Any) -> None:
        relay = amazon.relay(stores.endpoints)
        application = amazon.applications[platform]
        for _ in range(2):
            entries = await stored(stores, platform, *values)
            assert await relay.send(1, application, message(platform), entries) == [ACCEPTED] * 3
        assert all(entry.endpoint.startswith("arn:aws:sns:eu-west-1:") for entry in await scanned(stores))
        told = {platform.name: message(platform).body, "default": ""}
        assert amazon.messages() == {token: [told, told] for token in "abc"}
        relay.close()

    on(play)


def test_a_phone_that_amazon_disabled_is_gone_until_it_registers_anew(on: On, amazon: Amazon) -> None:
    async def play(stores: Any) -> None:
        relay = amazon.relay(stores.endpoints)
        application = amazon.applications[Platform.ADM]
        entries = await addressed(stores, relay, application, "a", "b")
        amazon.disable(entries[0].endpoint)
        outcomes = await relay.send(1, application, message(), entries)
        assert outcomes == [Outcome(Kind.DEAD, "SNS_EndpointDisabled"), ACCEPTED]
        # Its target goes, as a dead one of FCM does; the phone comes back with the token that it always had.
        await stores.devices.change(1, None, "alias-0", lambda *_: device(0, targets=()))
        await stores.devices.change(1, None, "alias-9", lambda *_: device(9, targets=(target("a", Platform.ADM),)))
        assert await relay.send(1, application, message(), await scanned(stores)) == [ACCEPTED, ACCEPTED]
        assert len(amazon.messages()["a"]) == 2
        relay.close()

    on(play)


def test_an_endpoint_that_somebody_deleted_is_made_anew(on: On, amazon: Amazon) -> None:
    async def play(stores: Any) -> None:
        relay = amazon.relay(stores.endpoints)
        application = amazon.applications[Platform.ADM]
        (before,) = await addressed(stores, relay, application, "a")
        amazon.client.delete_endpoint(EndpointArn=before.endpoint)
        assert await relay.send(1, application, message(), [before]) == [ACCEPTED]
        (after,) = await scanned(stores)
        assert after.endpoint not in ("", before.endpoint)
        relay.close()

    on(play)


def test_amazon_forgets_an_endpoint_that_it_has_and_one_that_it_has_not(on: On, amazon: Amazon) -> None:
    async def play(stores: Any) -> None:
        relay = amazon.relay(stores.endpoints)
        first, second = await addressed(stores, relay, amazon.applications[Platform.ADM], "a", "b")
        for _ in range(2):
            await relay.forget(first.endpoint)
        assert amazon.endpoints(Platform.ADM) == [second.endpoint]
        relay.close()

    on(play)


def test_an_application_that_is_not_there_is_misconfigured(on: On, amazon: Amazon) -> None:
    async def play(stores: Any) -> None:
        relay = amazon.relay(stores.endpoints)
        entries = await stored(stores, Platform.ADM, "a")
        application = amazon.applications[Platform.ADM] + "-next"
        assert await relay.send(1, application, message(), entries) == [Outcome(Kind.MISCONFIGURED, "SNS_NotFound")]
        relay.close()

    on(play)


def test_an_amazon_that_is_not_there_is_tried_again_later(on: On) -> None:
    async def play(stores: Any) -> None:
        nowhere = f"http://{ports.HOST}:{ports.free().fcm}"
        relay = SnsRelay(REGION, lambda: connect(REGION, nowhere, 1, 4), stores.endpoints, 1_000, 5)
        application = "arn:aws:sns:eu-west-1:123456789012:app/ADM/wines"
        (said,) = await relay.send(1, application, message(), await stored(stores, Platform.ADM, "a"))
        assert (said.kind, said.code) == (Kind.RETRY, "SNS_EndpointConnectionError")
        relay.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "a")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "b")
        on(play)


def test_the_fake_keeps_the_order_and_counts_like_the_real_one() -> None:
    async def play() -> None:
        fake = FakeRelay()
        fake.answer = lambda value: Outcome(Kind.DEAD, "SNS_EndpointDisabled") if value == "b" else ACCEPTED
        entries = [Entry(value, value, target(value, Platform.ADM), version=1) for value in "abc"]
        outcomes = await fake.send(1, "arn", message(), entries)
        assert [said.kind for said in outcomes] == [Kind.ACCEPTED, Kind.DEAD, Kind.ACCEPTED]

    asyncio.run(play())
