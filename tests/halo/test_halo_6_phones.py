"""HALO's contract, section 6: what a message carries, and what each SDK makes of it."""

import json
from typing import Any

import pytest

from halo.sdks import android, ios, javascript
from push.domain.device import Platform
from push.domain.payload import Payload
from push.domain.rendering import AndroidDisplay, Content, render

ID = "5" * 24
TITLE = {"title": "Autumn", "body": "wines"}
IMAGE = {"url": "https://example.com/w.png", "layout": "expanded"}
ALL = list(Platform)[:3]
SILENT: dict[str, Any] = {"data": {"content_available": 1}}
TWO_FACTOR: dict[str, Any] = {"data": {"type": "2_FACTOR", "code": "1234"}}


def message(platform: Platform, payload: dict[str, Any] | None, **more: Any) -> Any:
    made = None if payload is None else Payload.model_validate(payload)
    return render(Content(schedule_id=ID, name="The name", payload=made, **more), platform, 3_600, 1_800_000_000)


def shown(platform: Platform, data: dict[str, Any] | None = None, **notification: Any) -> Any:
    return message(platform, {"notification": TITLE | notification, "data": data or {}})


def on_ios(payload: dict[str, Any] | None, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the app is handed, and `aps` of it."""
    got = ios.received(message(Platform.IOS, payload, **more))
    return got, got["aps"]


@pytest.mark.parametrize("platform", ALL)
@pytest.mark.parametrize("payload", [None, SILENT, TWO_FACTOR, {"notification": TITLE, "data": {"n": 1, "o": {}}}])
def test_data_is_texts_alone_and_always_says_the_schedule(platform: Platform, payload: dict[str, Any] | None) -> None:
    data = message(platform, payload)["data"]
    assert all(isinstance(value, str) for value in data.values())
    assert data["scheduleId"] == ID


def test_content_available_makes_a_message_silent_on_both_phones() -> None:
    assert android.opened(message(Platform.ANDROID, SILENT)["data"])["kind"] == "silent"
    assert on_ios(SILENT)[0]["kind"] == "silent"
    for platform in (Platform.ANDROID, Platform.IOS):
        assert "content_available" not in shown(platform)["data"]


def test_is_silent_tells_the_web_and_is_there_only_when_it_is() -> None:
    assert javascript.received(message(Platform.WEB, SILENT)) == {"kind": "silent"}
    assert "isSilent" not in shown(Platform.WEB)["data"]
    assert "content_available" not in message(Platform.WEB, SILENT)["data"]


def test_a_two_factor_message_has_its_code_and_is_never_silent_as_well() -> None:
    for read in (android.opened(message(Platform.ANDROID, TWO_FACTOR)["data"]), on_ios(TWO_FACTOR)[0]):
        assert (read["kind"], read["code"]) == ("two-factor", "1234")
    with pytest.raises(ValueError, match="never silent"):
        message(Platform.ANDROID, {"data": TWO_FACTOR["data"] | {"content_available": 1}})


def test_android_builds_its_notification_from_texts_icon_and_a_sound_without_suffix() -> None:
    read = android.opened(shown(Platform.ANDROID, icon="ic_wine", sound="adara")["data"])
    assert [read[key] for key in ("title", "body", "icon", "sound")] == ["Autumn", "wines", "ic_wine", "adara"]
    assert read["kind"] == "shown"


@pytest.mark.parametrize("silent", [0, 1])
def test_ios_reads_them_too_also_of_silent_ones(silent: int) -> None:
    notification = TITLE | {"icon": "ic_wine", "sound": "adara"}
    got, _ = on_ios({"notification": notification, "data": {"content_available": silent}})
    assert {key: got[key] for key in notification} == notification


def test_the_web_gets_texts_and_an_icon_that_is_a_url_never_androids_drawable() -> None:
    assert javascript.received(shown(Platform.WEB, icon="ic_wine")) == {"kind": "shown", **TITLE, "opens": None}
    assert javascript.received(shown(Platform.WEB, icon="https://x/i.png"))["icon"] == "https://x/i.png"
    assert "sound" not in shown(Platform.WEB, sound="adara")["data"]


def test_a_badge_is_a_number_as_text_on_android_apns_on_ios_and_nothing_on_the_web() -> None:
    assert shown(Platform.ANDROID, badge=3)["data"]["badge"] == "3"
    assert "badge" not in shown(Platform.IOS, badge=3)["data"]
    assert "badge" not in shown(Platform.WEB, badge=3)["data"]


def test_color_and_click_action_are_androids() -> None:
    fields: dict[str, Any] = {"color": "#7b1e3a", "click_action": "OPEN"}
    assert {key: shown(Platform.ANDROID, **fields)["data"][key] for key in fields} == fields
    for platform in (Platform.IOS, Platform.WEB):
        assert not fields.keys() & shown(platform, **fields)["data"].keys()


def test_an_image_is_json_text_on_phones_and_the_plain_url_on_the_web() -> None:
    assert android.opened(shown(Platform.ANDROID, {"image": IMAGE})["data"])["image"] == IMAGE
    assert json.loads(shown(Platform.IOS, {"image": IMAGE})["data"]["image"]) == IMAGE
    assert javascript.received(shown(Platform.WEB, {"image": IMAGE}))["image"] == IMAGE["url"]


def test_extra_is_json_text_of_an_object_that_android_unpacks_over_the_other_keys() -> None:
    extra = {"shelf": 7, "deep": {"er": [1]}}
    read = android.opened(shown(Platform.ANDROID, {"extra": extra, "shelf": "overwritten"})["data"])
    assert (read["shelf"], read["deep"], read["title"]) == (7, {"er": [1]}, "Autumn")
    for platform in (Platform.IOS, Platform.WEB):
        assert json.loads(shown(platform, {"extra": extra})["data"]["extra"]) == extra


def test_what_extra_would_overwrite_of_the_sdks_own_is_refused() -> None:
    with pytest.raises(ValueError, match="the SDK's own"):
        shown(Platform.ANDROID, {"extra": {"scheduleId": 5}})


@pytest.mark.parametrize("platform", ALL)
def test_a_url_is_handed_on_and_the_web_opens_it(platform: Platform) -> None:
    made = shown(platform, {"url": "https://example.com/wines"})
    assert made["data"]["url"] == "https://example.com/wines"
    if platform is Platform.WEB:
        assert javascript.received(made)["opens"] == "https://example.com/wines"


def test_the_name_of_a_template_is_told_to_ios_alone_and_in_aps_for_alerts() -> None:
    got, aps = on_ios({"notification": TITLE}, template="Offer")
    assert (got["template"], aps["template"]) == ("Offer", "Offer")
    got, aps = on_ios(SILENT, template="Offer")
    assert (got["template"], "template" in aps) == ("Offer", False)
    for platform in (Platform.ANDROID, Platform.WEB):
        assert "template" not in message(platform, {"notification": TITLE}, template="Offer")["data"]


@pytest.mark.parametrize("platform", ALL)
@pytest.mark.parametrize("payload", [None, SILENT, {"notification": TITLE}])
def test_content_that_was_published_is_named_to_every_app(platform: Platform, payload: dict[str, Any] | None) -> None:
    assert message(platform, payload, content="wines-2026")["data"]["content"] == "wines-2026"
    assert "content" not in message(platform, payload)["data"]


def test_android_has_no_notification_block_unless_its_app_opts_in() -> None:
    plain = shown(Platform.ANDROID)
    assert "notification" not in plain
    assert "notification" not in plain["android"]
    opted = message(Platform.ANDROID, {"notification": TITLE}, android_display=AndroidDisplay.NOTIFICATION)
    assert opted["android"]["notification"]["title"] == "Autumn"


@pytest.mark.parametrize("part", ["title", "body"])
def test_a_localised_text_has_a_plain_one_as_well_since_android_ignores_keys(part: str) -> None:
    plain: dict[str, Any] = {"title": "t", "body": "b"}
    localised = plain | {f"{part}_loc_key": "KEY", f"{part}_loc_args": ["x"], "tag": "wines"}
    data = shown(Platform.ANDROID, **localised)["data"]
    assert not {"tag", f"{part}_loc_key", f"{part}_loc_args"} & data.keys()
    assert data[part] == plain[part]
    with pytest.raises(ValueError, match=f"needs a plain {part}"):
        message(Platform.ANDROID, {"notification": {k: v for k, v in localised.items() if k != part}})


def test_ios_shows_an_alert_object_with_its_localisation() -> None:
    loc = {"title_loc_key": "T", "title_loc_args": ["a"], "body_loc_key": "B", "body_loc_args": ["b"]}
    _, aps = on_ios({"notification": TITLE | loc})
    assert aps["alert"] == TITLE | {"title-loc-key": "T", "title-loc-args": ["a"], "loc-key": "B", "loc-args": ["b"]}


@pytest.mark.parametrize(("sound", "played"), [("adara", "adara.aiff"), ("default", "default")])
def test_a_sound_is_a_file_on_ios_and_default_is_bare(sound: str, played: str) -> None:
    assert on_ios({"notification": TITLE | {"sound": sound}})[1]["sound"] == played


def test_a_badge_is_a_number_in_aps_and_the_category_is_the_click_action() -> None:
    _, aps = on_ios({"notification": TITLE | {"badge": 3, "click_action": "OPEN"}})
    assert (aps["badge"], aps["category"]) == (3, "OPEN")


def test_a_shown_message_wakes_the_app_as_well_for_its_receipt_and_its_image() -> None:
    _, aps = on_ios({"notification": TITLE})
    assert (aps["content-available"], "mutable-content" in aps) == (1, False)
    assert on_ios({"notification": TITLE, "data": {"image": IMAGE}})[1]["mutable-content"] == 1


@pytest.mark.parametrize("payload", [None, SILENT, {"notification": TITLE | {"badge": 1, "sound": "adara"}, **SILENT}])
def test_a_silent_one_has_only_content_available_priority_5_and_push_type_background(
    payload: dict[str, Any] | None,
) -> None:
    made = message(Platform.IOS, payload)
    assert made["apns"]["payload"] == {"aps": {"content-available": 1}}
    headers = made["apns"]["headers"]
    assert (headers["apns-priority"], headers["apns-push-type"]) == ("5", "background")


def test_the_web_gets_data_alone_for_the_sdks_worker_to_show() -> None:
    made = shown(Platform.WEB, badge=3, sound="adara")
    assert set(made) == {"data", "webpush"}
    assert set(made["webpush"]) == {"headers"}
