"""What arrives on phones without Play services."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain.device import Platform
from push.domain.payload import Payload
from push.domain.rendering import SNS_PLATFORMS, Content, SnsMessage, render, render_sns, sns_size

ID = "5" * 24
SHOWN = {"title": "Autumn", "body": "Wines", "sound": "adara", "badge": 3, "color": "#7b1e3a"}
DATA = {"url": "https://x", "image": {"url": "https://x/y.png", "layout": "expanded"}, "extra": {"a": 1}, "shelf": 7}


def content(payload: dict[str, Any] | None = None) -> Content:
    made = None if payload is None else Payload.model_validate(payload)
    return Content(schedule_id=ID, name="The name", payload=made)


FULL = content({"notification": SHOWN, "data": DATA})
SILENT = content({"data": {"content_available": 1, "x": 1}})
TWO_FACTOR = content({"data": {"type": "2_FACTOR", "code": "1234"}})


def body(message: SnsMessage) -> dict[str, Any]:
    """What the platform's own service gets, out of what Amazon is told."""
    told = json.loads(message.text)
    assert told.pop("default") == ""
    read: dict[str, Any] = json.loads(told.pop({"adm": "ADM", "baidu": "BAIDU"}[message.platform]))
    assert told == {}
    return read


@pytest.mark.parametrize("what", [FULL, SILENT, TWO_FACTOR, content()], ids=["full", "silent", "code", "seed"])
def test_fire_devices_get_the_data_that_halos_sdk_reads_on_android(what: Content) -> None:
    adm = body(render_sns(what, Platform.ADM, 3_600))
    assert adm["data"] == render(what, Platform.ANDROID, 3_600, 0)["data"]
    assert all(isinstance(value, str) for value in adm["data"].values())
    assert (adm["expiresAfter"], adm["consolidationKey"]) == (3_600, ID)


def test_baidu_shows_an_alert_and_hands_the_app_everything_else() -> None:
    message = render_sns(FULL, Platform.BAIDU, 60)
    baidu = body(message)
    assert (baidu["title"], baidu["description"]) == ("Autumn", "Wines")
    android = render(FULL, Platform.ANDROID, 60, 0)["data"]
    assert baidu["custom_content"] == {name: text for name, text in android.items() if name not in ("title", "body")}
    assert message.attributes == {
        "AWS.SNS.MOBILE.BAIDU.TTL": "60",
        "AWS.SNS.MOBILE.BAIDU.DeployStatus": "2",
        "AWS.SNS.MOBILE.BAIDU.MessageType": "1",
        "AWS.SNS.MOBILE.BAIDU.MessageKey": ID,
    }


@pytest.mark.parametrize("what", [SILENT, TWO_FACTOR, content()], ids=["silent", "code", "seed"])
def test_baidu_hands_what_has_no_text_to_the_app_and_shows_nothing(what: Content) -> None:
    message = render_sns(what, Platform.BAIDU, 60)
    assert message.attributes["AWS.SNS.MOBILE.BAIDU.MessageType"] == "0"
    assert body(message) == {"custom_content": render(what, Platform.ANDROID, 60, 0)["data"]}


@pytest.mark.parametrize("shown", [{"title": "T"}, {"body": "B"}])
def test_baidu_always_has_a_text_to_show(shown: dict[str, str]) -> None:
    assert body(render_sns(content({"notification": shown}), Platform.BAIDU, 60))["description"]


@pytest.mark.parametrize(
    ("platform", "asked", "given"),
    [(Platform.ADM, 10**9, 1_209_600), (Platform.BAIDU, 10**9, 604_800), (Platform.ADM, 0, 1), (Platform.BAIDU, -5, 1)],
)
def test_a_message_lives_as_long_as_it_may_and_never_longer_than_it_should(
    platform: Platform, asked: int, given: int
) -> None:
    assert render_sns(FULL, platform, asked).attributes[f"AWS.SNS.MOBILE.{platform.name}.TTL"] == str(given)


@pytest.mark.parametrize("platform", SNS_PLATFORMS)
def test_a_senders_own_tag_makes_two_messages_one(platform: Platform) -> None:
    tagged = content({"notification": {"title": "t", "tag": "wines"}})
    message = render_sns(tagged, platform, 60)
    assert "wines" in (message.attributes.get("AWS.SNS.MOBILE.BAIDU.MessageKey"), body(message).get("consolidationKey"))


@given(st.text(min_size=1), st.sampled_from(SNS_PLATFORMS))
def test_whatever_is_said_arrives_as_it_was_said(text: str, platform: Platform) -> None:
    said = content({"data": {"content_available": 1, "said": text}})
    message = render_sns(said, platform, 60)
    data = body(message)["data" if platform is Platform.ADM else "custom_content"]
    assert data["said"] == text
    assert sns_size(message) == len(message.body.encode())
