"""What the emulator's phones show, as HALO's SDK and the systems do."""

import json
from typing import Any

import pytest

from infra.local.fcm.phone import Image, display

HERO = json.dumps({"url": "https://e.example/a.png", "layout": "top"})


def android(**data: str) -> dict[str, Any]:
    return {"token": "t", "android": {"priority": "HIGH"}, "data": data}


def ios(aps: Any, **data: Any) -> dict[str, Any]:
    return {"token": "t", "apns": {"payload": {"aps": aps}}, "data": data}


def web(**data: str) -> dict[str, Any]:
    return {"token": "t", "webpush": {"headers": {}, "data": data}}


def test_android_shows_what_the_data_says() -> None:
    message = android(
        scheduleId="s1", title="Hi", body="There", icon="ic", sound="ping", badge="3", color="#ff0000",
        click_action="OPEN", url="https://e.example", image=HERO, extra='{"deal": 1}',
    )  # fmt: skip
    assert display(message).as_json() == {
        "platform": "android",
        "scheduleId": "s1",
        "silent": False,
        "title": "Hi",
        "body": "There",
        "icon": "ic",
        "sound": "ping",
        "badge": "3",
        "color": "#ff0000",
        "category": "OPEN",
        "url": "https://e.example",
        "image": {"url": "https://e.example/a.png", "layout": "top"},
        "extra": {"deal": 1},
    }


def test_on_android_extra_wins_over_the_other_keys() -> None:
    shown = display(android(title="old", body="kept", extra='{"title": "new", "badge": 4}'))
    assert (shown.title, shown.body, shown.badge) == ("new", "kept", "4")


def test_android_is_silent_by_content_available() -> None:
    assert display(android(content_available="1", title="kept to itself")).silent
    assert not display(android(content_available="0", title="Hi")).silent


def test_a_two_factor_code_is_tested_before_silent_on_android_and_after_it_on_ios() -> None:
    code = {"type": "2_FACTOR", "code": "1234"}
    on_android = display(android(content_available="1", **code))
    assert (on_android.silent, on_android.code) == (False, "1234")
    on_ios = display(ios({"content-available": 1}, **code))
    assert (on_ios.silent, on_ios.code) == (True, "")


def test_a_notification_block_is_shown_by_firebase_with_androids_own_part_on_top() -> None:
    shown = display(
        {
            "topic": "news",
            "notification": {"title": "all", "body": "all"},
            "android": {"notification": {"title": "android", "clickAction": "A", "body_loc_key": "K"}},
        }
    )
    assert (shown.title, shown.body, shown.category, shown.body_loc) == ("android", "all", "A", "K")
    assert not display({"topic": "t", "notification": {"body": "b"}, "data": {"content_available": "1"}}).silent


def test_androids_own_data_replaces_the_common_data() -> None:
    message = {"token": "t", "data": {"title": "common"}, "android": {"data": {"body": "own"}}}
    assert (display(message).title, display(message).body) == ("", "own")


def test_ios_shows_the_alert_and_not_the_data() -> None:
    alert = {"title": "Hi", "body": "There", "subtitle": "Sub"}
    aps = {"alert": alert, "sound": "ping.aiff", "badge": 3, "category": "OPEN", "content-available": 1}
    shown = display(ios(aps, title="data", scheduleId="s", image=HERO))
    assert (shown.platform, shown.title, shown.body, shown.subtitle) == ("ios", "Hi", "There", "Sub")
    assert (shown.sound, shown.badge, shown.category, shown.silent) == ("ping.aiff", "3", "OPEN", False)
    assert shown.image == Image("https://e.example/a.png", "top")


def test_ios_shows_localised_texts_by_their_keys() -> None:
    shown = display(ios({"alert": {"title-loc-key": "T", "loc-key": "PLAY", "loc-args": ["Ann", "Bo"]}}))
    assert (shown.title_loc, shown.body_loc) == ("T", "PLAY(Ann, Bo)")


def test_ios_is_silent_when_it_only_wakes_the_app() -> None:
    assert display(ios({"content-available": 1}, title="kept to itself")).silent
    assert not display(ios({"content-available": 1, "alert": "Hi"})).silent
    assert not display(ios({"badge": 0, "content-available": 1})).silent


def test_the_web_is_silent_only_by_our_own_key() -> None:
    assert display(web(isSilent="true")).silent
    assert not display(web(content_available="1", title="Hi")).silent


def test_the_web_shows_data_with_the_plain_url_of_an_image() -> None:
    shown = display(
        web(title="Hi", body="There", icon="https://e.example/i", image="https://e.example/p", url="https://e")
    )
    assert (shown.platform, shown.title, shown.body, shown.icon) == ("web", "Hi", "There", "https://e.example/i")
    assert (shown.image, shown.url) == (Image("https://e.example/p"), "https://e")


@pytest.mark.parametrize(
    "message",
    [
        android(extra="[" * 2000, image="{"),
        android(extra='{"a": NaN}', image="7"),
        ios({"alert": ["odd"], "sound": {"name": None}, "badge": "x"}),
        ios({"alert": {"loc-key": "K", "loc-args": 5}}),
        {"token": "t", "webpush": {"notification": {"title": 5, "image": {"x": 1}}}},
        {"token": "t", "androidV2": {"data": {"a": "b"}}},
        {"token": "t"},
    ],
)
def test_an_odd_message_still_has_a_card(message: dict[str, Any]) -> None:
    json.dumps(display(message).as_json(), allow_nan=False)
