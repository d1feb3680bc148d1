"""What arrives on a phone, held to Google's own message types where those can say it."""

import json
from typing import Any

import pytest
from firebase_admin import messaging
from firebase_admin._messaging_encoder import MessageEncoder
from hypothesis import given
from hypothesis import strategies as st

from push.domain.device import Platform, Target, TargetKind
from push.domain.payload import Payload
from push.domain.rendering import FCM_PLATFORMS, MAX_TTL_S, AndroidDisplay, Content, Rendering, render, size

ID = "5" * 24
NOW_S, TTL_S = 1_800_000_000, 3_600
IMAGE = {"url": "https://x/y.png", "layout": "expanded"}
IMAGE_TEXT = '{"url":"https://x/y.png","layout":"expanded"}'
SHOWN = {
    "title": "Autumn", "body": "Wines", "icon": "ic_wine", "sound": "adara", "badge": 3, "tag": "wines",
    "color": "#7b1e3a", "click_action": "OPEN", "title_loc_key": "T_KEY", "title_loc_args": ["x"],
    "body_loc_key": "B_KEY", "body_loc_args": ["y", "z"],
}  # fmt: skip
DATA = {"url": "https://x", "image": IMAGE, "extra": {"a": {"b": 1}}, "shelf": 7}
PASSED_ON = {"scheduleId": ID, "shelf": "7", "url": "https://x", "extra": '{"a":{"b":1}}'}


def content(payload: dict[str, Any] | None = None, **more: Any) -> Content:
    made = None if payload is None else Payload.model_validate(payload)
    return Content(schedule_id=ID, name="The name", payload=made, **more)


FULL = content({"notification": SHOWN, "data": DATA})
SILENT = content({"data": {"content_available": 1, "x": 1}})
TWO_FACTOR = content({"data": {"type": "2_FACTOR", "code": "1234"}})


def rendered(what: Content, platform: Platform, ttl_s: int = TTL_S) -> dict[str, Any]:
    return render(what, platform, ttl_s, NOW_S)


def googles(**fields: Any) -> dict[str, Any]:
    """The message as firebase-admin would send it. It spells Android's priority in lower case, the API in upper."""
    message: dict[str, Any] = json.loads(json.dumps(messaging.Message(fid="F", **fields), cls=MessageEncoder))
    assert message.pop("fid") == "F"
    if "android" in message:
        message["android"]["priority"] = message["android"]["priority"].upper()
    return message


ANDROID_DATA = {
    **PASSED_ON, "title": "Autumn", "body": "Wines", "icon": "ic_wine", "sound": "adara", "badge": "3",
    "color": "#7b1e3a", "click_action": "OPEN", "image": IMAGE_TEXT,
}  # fmt: skip
IOS_DATA = {
    **PASSED_ON, "title": "Autumn", "body": "Wines", "icon": "ic_wine", "sound": "adara", "image": IMAGE_TEXT,
}  # fmt: skip


def test_android_gets_everything_as_data_for_halos_sdk_to_show() -> None:
    expected = googles(data=ANDROID_DATA, android=messaging.AndroidConfig(priority="high", ttl=TTL_S))
    assert rendered(FULL, Platform.ANDROID) == expected


def test_an_app_may_have_firebase_show_it_on_android() -> None:
    notification = messaging.AndroidNotification(
        title="Autumn", body="Wines", icon="ic_wine", sound="adara", color="#7b1e3a", click_action="OPEN", tag="wines",
        notification_count=3, title_loc_key="T_KEY", title_loc_args=["x"], body_loc_key="B_KEY",
        body_loc_args=["y", "z"], image="https://x/y.png",
    )  # fmt: skip
    expected = googles(
        data={**PASSED_ON, "image": IMAGE_TEXT},
        android=messaging.AndroidConfig(priority="high", ttl=TTL_S, notification=notification),
    )
    opted_in = FULL.model_copy(update={"android_display": AndroidDisplay.NOTIFICATION})
    assert rendered(opted_in, Platform.ANDROID) == expected


def test_ios_shows_an_alert_and_wakes_the_app_for_its_receipt() -> None:
    alert = messaging.ApsAlert(
        title="Autumn", body="Wines", title_loc_key="T_KEY", title_loc_args=["x"], loc_key="B_KEY", loc_args=["y", "z"]
    )
    aps = messaging.Aps(
        alert=alert, badge=3, sound="adara.aiff", category="OPEN", content_available=True, mutable_content=True
    )
    headers = {
        "apns-priority": "10",
        "apns-push-type": "alert",
        "apns-expiration": str(NOW_S + TTL_S),
        "apns-collapse-id": "wines",
    }
    apns = messaging.APNSConfig(headers=headers, payload=messaging.APNSPayload(aps))
    assert rendered(FULL, Platform.IOS) == googles(data=IOS_DATA, apns=apns)


def test_ios_is_woken_silently_with_what_apple_asks_of_that() -> None:
    headers = {
        "apns-priority": "5",
        "apns-push-type": "background",
        "apns-expiration": str(NOW_S + TTL_S),
        "apns-collapse-id": ID,
    }
    apns = messaging.APNSConfig(headers=headers, payload=messaging.APNSPayload(messaging.Aps(content_available=True)))
    data = {"scheduleId": ID, "x": "1", "content_available": "1"}
    assert rendered(SILENT, Platform.IOS) == googles(data=data, apns=apns)


def test_web_gets_data_that_its_worker_shows() -> None:
    data = {**PASSED_ON, "title": "Autumn", "body": "Wines", "image": "https://x/y.png"}
    webpush = messaging.WebpushConfig(headers={"TTL": str(TTL_S), "Urgency": "high"})
    assert rendered(FULL, Platform.WEB) == googles(data=data, webpush=webpush)


def test_an_icon_reaches_the_web_only_as_a_url_and_the_badge_never() -> None:
    web = rendered(content({"notification": SHOWN | {"icon": "https://x/i.png"}}), Platform.WEB)
    assert web["data"]["icon"] == "https://x/i.png"
    assert "badge" not in web["data"]
    assert "icon" not in rendered(FULL, Platform.WEB)["data"]


@pytest.mark.parametrize("platform", FCM_PLATFORMS)
def test_without_a_payload_the_id_and_the_name_go_out_silently(platform: Platform) -> None:
    message = rendered(content(), platform)
    flag = {"isSilent": "true"} if platform is Platform.WEB else {"content_available": "1"}
    assert message["data"] == {"scheduleId": ID, "name": "The name", **flag}


def test_silent_messages_are_not_urgent() -> None:
    assert rendered(SILENT, Platform.ANDROID)["android"]["priority"] == "NORMAL"
    assert rendered(SILENT, Platform.WEB)["webpush"]["headers"]["Urgency"] == "normal"
    assert rendered(SILENT, Platform.WEB)["data"]["isSilent"] == "true"
    assert "isSilent" not in rendered(FULL, Platform.WEB)["data"]


def test_a_silent_message_shows_nothing_on_ios_even_with_texts_in_it() -> None:
    what = content({"notification": SHOWN, "data": {"content_available": 1}})
    message = rendered(what, Platform.IOS)
    assert message["apns"]["payload"] == {"aps": {"content-available": 1}}
    assert message["data"]["title"] == "Autumn"
    opted_in = what.model_copy(update={"android_display": AndroidDisplay.NOTIFICATION})
    assert "notification" not in rendered(opted_in, Platform.ANDROID)["android"]


@pytest.mark.parametrize("platform", FCM_PLATFORMS)
def test_a_two_factor_message_is_never_marked_silent(platform: Platform) -> None:
    data = rendered(TWO_FACTOR, platform)["data"]
    assert data == {"scheduleId": ID, "type": "2_FACTOR", "code": "1234"}


def test_a_default_sound_has_no_suffix_on_ios() -> None:
    message = rendered(content({"notification": {"title": "T", "sound": "default"}}), Platform.IOS)
    assert message["apns"]["payload"]["aps"]["sound"] == "default"


def test_a_template_is_named_to_ios_alone_and_in_aps_for_alerts() -> None:
    alert = rendered(FULL.model_copy(update={"template": "wines"}), Platform.IOS)
    assert alert["data"]["template"] == alert["apns"]["payload"]["aps"]["template"] == "wines"
    silent = rendered(SILENT.model_copy(update={"template": "wines"}), Platform.IOS)
    assert silent["data"]["template"] == "wines"
    assert "template" not in silent["apns"]["payload"]["aps"]
    for platform in (Platform.ANDROID, Platform.WEB):
        assert "template" not in rendered(FULL.model_copy(update={"template": "wines"}), platform)["data"]


def test_a_tag_too_long_to_collapse_by_gives_way_to_the_schedules_id() -> None:
    for tag, collapse in (("t" * 64, "t" * 64), ("t" * 65, ID), ("ü" * 33, ID)):
        message = rendered(content({"notification": {"title": "T", "tag": tag}}), Platform.IOS)
        assert message["apns"]["headers"]["apns-collapse-id"] == collapse


@pytest.mark.parametrize(("ttl_s", "told"), [(-5, 0), (0, 0), (60, 60), (MAX_TTL_S + 1, MAX_TTL_S)])
def test_a_phone_is_told_how_long_it_is_worth_trying(ttl_s: int, told: int) -> None:
    assert rendered(FULL, Platform.ANDROID, ttl_s)["android"]["ttl"] == f"{told}s"
    assert rendered(FULL, Platform.IOS, ttl_s)["apns"]["headers"]["apns-expiration"] == str(NOW_S + told)
    assert rendered(FULL, Platform.WEB, ttl_s)["webpush"]["headers"]["TTL"] == str(told)


def test_what_counts_against_fcms_limit_is_what_is_carried() -> None:
    assert size({"data": {"ü": "ab"}}) == 4
    assert size({"data": {"k": "v"}, "apns": {"headers": {"x": "y"}, "payload": {"aps": {}}}}) == 2 + len('{"aps":{}}')
    assert (
        size({"data": {}, "android": {"priority": "HIGH", "notification": {"title": "ü"}}}) == len('{"title":"ü"}') + 1
    )


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.dictionaries(st.sampled_from(["title", "body", "icon", "tag", "click_action"]), text),
    st.dictionaries(st.sampled_from(["x", "y", "k z"]), text | st.integers() | st.lists(text, max_size=2)),
    st.sampled_from(FCM_PLATFORMS),
    st.sampled_from(AndroidDisplay),
    st.booleans(),
    text.filter(bool),
)
def test_every_message_is_json_with_texts_as_data_and_the_target_spliced_in(
    shown: dict[str, Any], data: dict[str, Any], platform: Platform, display: AndroidDisplay, silent: bool, token: str
) -> None:
    shown = shown if shown.get("title") or shown.get("body") else {}
    what = content({"notification": shown, "data": data | {"content_available": int(silent)}}, android_display=display)
    message = rendered(what, platform)
    assert all(isinstance(value, str) for value in message["data"].values())
    assert message["data"]["scheduleId"] == ID
    assert size(message) <= len(json.dumps(message, ensure_ascii=False).encode())
    for kind in TargetKind:
        target = Target(kind=kind, value=token, platform=platform)
        assert json.loads(Rendering(message).to(target)) == {"message": {kind.value: token, **message}}


@pytest.mark.parametrize("tag", ["a\nb", "a\x00", "é" * 3, "x" * 65])
def test_a_tag_that_cannot_stand_in_a_header_leaves_the_schedules_id_there(tag: str) -> None:
    payload = Payload.model_validate({"notification": {"title": "t", "tag": tag}})
    message = render(Content(schedule_id="s" * 24, name="n", payload=payload), Platform.IOS, 60, 0)
    assert message["apns"]["headers"]["apns-collapse-id"] == "s" * 24
