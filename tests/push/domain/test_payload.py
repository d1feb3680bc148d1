"""What a sender may say, how it is normalised, and what would crash a phone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from push.domain.data import LAYOUTS, SDK_KEYS, Data
from push.domain.notification import MAX_BADGE, SOUNDS, Notification
from push.domain.payload import Payload
from push.domain.texts import as_text


def payload(notification: Any = None, **data: Any) -> Payload:
    return Payload.model_validate({"notification": notification, "data": data})


def test_halos_own_example_with_every_text_empty_says_nothing() -> None:
    empty = {
        "title": "", "icon": "", "body": "", "sound": "", "badge": "", "tag": "", "color": "", "click_action": "",
        "body_loc_key": "", "body_loc_args": "", "title_loc_key": "", "title-loc-args": "",
    }  # fmt: skip
    made = payload(empty, url="", content_available=0, extra="", image=None)
    assert made == Payload()
    assert made.silent


def test_there_are_halos_forty_sounds_and_default() -> None:
    assert len(SOUNDS) == 41
    assert {"adara", "voila", "f1_missedcall", "default"} <= SOUNDS
    assert len(LAYOUTS) == 7


@pytest.mark.parametrize("badge", [0, 7, "7", MAX_BADGE])
def test_a_badge_is_a_number_also_as_text(badge: int | str) -> None:
    assert Notification.model_validate({"title": "T", "badge": badge}).badge == int(badge)


@pytest.mark.parametrize("badge", [-1, MAX_BADGE + 1, 1.5, True, "1.5", "many", "-1", [1]])
def test_a_badge_that_is_none_is_refused(badge: Any) -> None:
    with pytest.raises(ValidationError):
        Notification.model_validate({"title": "T", "badge": badge})


@pytest.mark.parametrize("color", ["#000000", "#aBcDeF"])
def test_a_color_is_rrggbb(color: str) -> None:
    assert Notification.model_validate({"color": color}).color == color


@pytest.mark.parametrize("args", [["a", "1"], '["a", 1]', ["a", 1], ("a", "1")])
def test_loc_args_are_a_list_or_a_text_that_holds_one(args: Any) -> None:
    for name in ("title_loc_args", "title-loc-args"):
        made = Notification.model_validate({"title": "T", "title_loc_key": "K", name: args})
        assert made.title_loc_args == ("a", "1")


@pytest.mark.parametrize("args", ["a", '{"a": 1}', [None], [True], [["a"]], 5, '["a"', "[" * 10_000])
def test_other_loc_args_are_refused(args: Any) -> None:
    with pytest.raises(ValidationError):
        Notification.model_validate({"title": "T", "title_loc_key": "K", "title_loc_args": args})


@pytest.mark.parametrize("part", ["title", "body"])
def test_a_localised_text_needs_a_plain_one_for_android_and_web(part: str) -> None:
    other = "body" if part == "title" else "title"
    with pytest.raises(ValidationError, match="plain"):
        Notification.model_validate({other: "x", f"{part}_loc_key": "K"})
    with pytest.raises(ValidationError, match="loc_key"):
        Notification.model_validate({part: "x", f"{part}_loc_args": ["a"]})


@pytest.mark.parametrize(
    ("flag", "silent"), [(1, True), ("1", True), (True, True), (0, False), ("0", False), ("", False)]
)
def test_content_available_is_a_flag_however_it_is_spelt(flag: Any, silent: bool) -> None:
    assert payload({"title": "T"}, content_available=flag).silent is silent


@pytest.mark.parametrize("flag", [2, "yes", [], -1, {}])
def test_another_flag_is_refused(flag: Any) -> None:
    with pytest.raises(ValidationError):
        Data.model_validate({"content_available": flag})


@pytest.mark.parametrize(
    "image", [{"url": "u"}, {"layout": "top"}, {"url": "u", "layout": "x"}, {"url": "", "layout": "top"}, {}, "u"]
)
def test_an_image_that_would_crash_android_is_refused(image: Any) -> None:
    with pytest.raises(ValidationError):
        Data.model_validate({"image": image})


@pytest.mark.parametrize("key", sorted(SDK_KEYS))
def test_extra_may_not_overwrite_what_the_sdk_reads(key: str) -> None:
    for extra in ({key: "x"}, json.dumps({key: "x"})):
        with pytest.raises(ValidationError, match=key):
            Data.model_validate({"extra": extra})


@pytest.mark.parametrize(
    "key", ["from", "message_type", "google", "google.c.a", "gcm.n", "", "__x__", "scheduleId", "title"]
)
def test_data_may_not_hold_keys_of_fcm_firestore_or_the_sdk(key: str) -> None:
    with pytest.raises(ValidationError):
        Data.model_validate({key: "x"})


@pytest.mark.parametrize(
    "extra", ['{"a": NaN}', '{"a": "\\ud800"}', '{"a":' * 10_000, '{"a": 1e999}', "[1]", "5", [1], 5]
)
def test_extra_that_no_phone_could_read_is_refused(extra: Any) -> None:
    with pytest.raises(ValidationError):
        Data.model_validate({"extra": extra})


def test_a_two_factor_message_is_never_silent_and_has_its_code() -> None:
    assert not payload(type="2_FACTOR", code=1234).silent
    for wrong in ({}, {"code": "1", "content_available": 1}, {"code": "1", "extra": {"code": "2"}}):
        with pytest.raises(ValidationError):
            payload(type="2_FACTOR", **wrong)


def test_a_notification_with_nothing_to_read_is_refused_rather_than_shown_empty() -> None:
    with pytest.raises(ValidationError, match="title or a body"):
        payload({"badge": 1, "sound": "adara"})
    assert payload({"badge": 1}, content_available=1).silent


def test_unknown_fields_of_a_notification_are_refused_and_of_data_passed_on() -> None:
    with pytest.raises(ValidationError):
        payload({"titel": "T"})
    made = payload(custom={"also": "passed on"}, list=[1, None], text="ü", number=1.5, truth=True, nothing=None)
    assert made.data.custom == {
        "custom": '{"also":"passed on"}', "list": "[1,null]", "text": "ü", "number": "1.5", "truth": "true",
    }  # fmt: skip


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(json_values)
def test_what_is_passed_on_is_text_that_says_the_same(value: Any) -> None:
    text = as_text(value)
    assert text == value if isinstance(value, str) else json.loads(text) == value


@given(st.dictionaries(st.text(min_size=1).map(lambda key: f"k{key}"), json_values, max_size=4), json_values)
def test_a_payload_that_was_stored_reads_back_as_it_was(custom: dict[str, Any], inner: Any) -> None:
    made = payload({"title": "T", "title_loc_key": "K", "title_loc_args": ["a"]}, extra={"inner": inner}, **custom)
    assert Payload.model_validate(made.model_dump()) == made
    assert Payload.model_validate_json(made.model_dump_json()) == made


@given(st.dictionaries(st.sampled_from([*SDK_KEYS, "x", "from"]), json_values | st.sampled_from(["1", "", 1, 0])))
def test_no_data_crashes_the_parser(data: dict[str, Any]) -> None:
    try:
        made = Data.model_validate(data)
    except ValidationError:
        return
    assert all(isinstance(value, str) for value in made.custom.values())
    assert not SDK_KEYS & made.custom.keys()
