"""What the emulator takes and what it refuses, with the documents of the real service."""

import json
from datetime import timedelta
from typing import Any

import pytest
from firebase_admin import messaging
from firebase_admin._messaging_encoder import MessageEncoder

from infra.local.fcm.check import Request, check
from infra.local.fcm.errors import Refused

Json = dict[str, Any]


def accepted(message: Json, **request: Any) -> Request:
    return check(json.dumps({"message": message} | request).encode())


def refused(body: bytes | Json) -> Json:
    with pytest.raises(Refused) as caught:
        check(body if isinstance(body, bytes) else json.dumps({"message": body}).encode())
    assert caught.value.code == 400
    error: Json = caught.value.document["error"]
    return error


def bad_request(field: str, text: str) -> Json:
    """The error of a request that does not parse: there is no FcmError in it."""
    violation = {"field": field, "description": text} if field else {"description": text}
    return {
        "code": 400,
        "message": text,
        "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}],
    }


def invalid_argument(field: str, text: str) -> Json:
    """The error of a message that parses, but that FCM does not take."""
    fcm_error = {
        "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
        "errorCode": "INVALID_ARGUMENT",
    }
    error = bad_request(field, text)
    return error | {"details": [fcm_error, *error["details"]]}


def android(**block: Any) -> Json:
    return {"token": "t", "android": block}


def apns(headers: dict[str, str] | None = None, **payload: Any) -> Json:
    return {"token": "t", "apns": {"headers": headers or {}, "payload": payload}}


SILENT = {"content-available": 1}
SILENT_HEADERS = {"apns-priority": "5", "apns-push-type": "background"}

GOOD: dict[str, Json] = {
    "data only": {"token": "t", "data": {"scheduleId": "s", "title": "Hi", "badge": "1"}},
    "a fid": {"fid": "f"},
    "a topic": {"topic": "news"},
    "a condition": {"condition": "'a' in topics"},
    "camelCase": android(collapseKey="a", fcmOptions={"analyticsLabel": "x"}, notification={"clickAction": "A"}),
    "snake_case": android(collapse_key="a", fcm_options={"analytics_label": "x"}, notification={"click_action": "A"}),
    "null is absent": {"token": "t", "topic": None, "notification": None, "android": {"ttl": None}},
    "priority in any case": android(priority="high"),
    "an enum by number": android(priority=1),
    "the longest life": android(ttl="2419200s"),
    "a fraction of a second": android(ttl="3.5s"),
    "an int32 as text": android(notification={"notification_count": "3"}),
    "an int32 as a whole float": android(notification={"notification_count": 3.0}),
    "floats": android(notification={"light_settings": {"color": {"red": 1, "blue": 0.5, "alpha": "0.25"}}}),
    "a time": android(notification={"event_time": "2026-11-22T10:00:00.5Z"}),
    "vibration": android(notification={"vibrate_timings": ["0.1s", "2s"]}),
    "android_v2": {"token": "t", "android_v2": {"remoteNotification": {"mutableContent": True}}},
    "anything in Apple's payload": apns(aps={"alert": {"title": "t", "loc-args": [1, {"a": None}]}}, own={"deep": [1]}),
    "a silent Apple message": apns(SILENT_HEADERS, aps=SILENT),
    "a silent Apple message without a push type": apns({"apns-priority": "5"}, aps=SILENT),
    "an alert that also wakes the app": apns({"apns-priority": "10"}, aps=SILENT | {"alert": "Hi"}),
    "Apple's headers": apns({"apns-collapse-id": "é" * 32, "apns-expiration": "0", "APNS-Priority": "10"}, aps={}),
    "a web notification": {"token": "t", "webpush": {"headers": {"TTL": "5"}, "notification": {"actions": [1]}}},
    "a label of 50": {"token": "t", "fcm_options": {"analytics_label": "aZ0-_.~%" + "x" * 42}},
    "4,096 bytes": {"token": "t", "data": {"k": "x" * 4095}},
    "2,048 bytes to a topic": {"topic": "news", "data": {"k": "x" * 2047}},
    "a key that only looks reserved": {"token": "t", "data": {"fromage": "brie", "agoogle": "x"}},
    "an emoji": {"token": "t", "data": {"title": "😀"}},
}


@pytest.mark.parametrize("message", GOOD.values(), ids=GOOD)
def test_a_good_message_is_taken_as_it_was_sent(message: Json) -> None:
    assert accepted(message).message == message


def test_the_target_is_found_whatever_its_kind() -> None:
    targets = [accepted({kind: "x-" + kind}).target for kind in ("token", "fid", "topic", "condition")]
    assert targets == ["x-token", "x-fid", "x-topic", "x-condition"]


@pytest.mark.parametrize("spelling", ["validateOnly", "validate_only"])
def test_a_request_may_only_pretend(spelling: str) -> None:
    assert accepted({"token": "t"}, **{spelling: True}).validate_only
    assert not accepted({"token": "t"}, **{spelling: False}).validate_only


# What does not parse: (message, field, text).
UNPARSABLE: dict[str, tuple[Json, str, str]] = {
    "an unknown field": (
        android(x=1),
        "message.android",
        "Invalid JSON payload received. Unknown name \"x\" at 'message.android': Cannot find field.",
    ),
    "an unknown field further down": (
        android(notification={"light_settings": {"colour": {}}}),
        "message.android.notification.light_settings",
        "Invalid JSON payload received. Unknown name \"colour\" at 'message.android.notification.light_settings': "
        "Cannot find field.",
    ),
    "both spellings": (
        android(notification={"clickAction": "A", "click_action": "A"}),
        "message.android.notification",
        "Invalid JSON payload received. Name \"clickAction\" at 'message.android.notification': "
        "field 'click_action' is already set.",
    ),
    "a number in data": (
        {"token": "t", "data": {"a": 12}},
        "message.data[0].value",
        "Invalid value at 'message.data[0].value' (TYPE_STRING), 12",
    ),
    "the second value of a platform's data": (
        android(data={"a": "x", "b": True}),
        "message.android.data[1].value",
        "Invalid value at 'message.android.data[1].value' (TYPE_STRING), true",
    ),
    "null in data": (
        {"token": "t", "data": {"a": None}},
        "message.data[0].value",
        "Invalid value at 'message.data[0].value' (TYPE_STRING), null",
    ),
    "an object in data": (
        {"token": "t", "data": {"a": {"metadata": 1}}},
        "message.data[0].value",
        "Invalid JSON payload received. Unknown name \"metadata\" at 'message.data[0].value': Cannot find field.",
    ),
    "a list for a text": (
        {"token": "t", "notification": {"title": ["a"]}},
        "message.notification",
        "Invalid JSON payload received. Unknown name \"title\" at 'message.notification': "
        "Proto field is not repeating, cannot start list.",
    ),
    "a number for a text": ({"token": 5}, "message.token", "Invalid value at 'message.token' (TYPE_STRING), 5"),
    "a text for a boolean": (
        android(directBootOk="true"),
        "message.android.direct_boot_ok",
        "Invalid value at 'message.android.direct_boot_ok' (TYPE_BOOL), \"true\"",
    ),
    "a fraction for an int32": (
        android(notification={"notificationCount": 1.5}),
        "message.android.notification.notification_count",
        "Invalid value at 'message.android.notification.notification_count' (TYPE_INT32), 1.5",
    ),
    "more than an int32": (
        android(notification={"notification_count": 2**31}),
        "message.android.notification.notification_count",
        "Invalid value at 'message.android.notification.notification_count' (TYPE_INT32), 2147483648",
    ),
    "a word for a float": (
        android(notification={"light_settings": {"color": {"red": "full"}}}),
        "message.android.notification.light_settings.color.red",
        "Invalid value at 'message.android.notification.light_settings.color.red' (TYPE_FLOAT), \"full\"",
    ),
    "an unknown priority": (
        android(priority="urgent"),
        "message.android.priority",
        "Invalid value at 'message.android.priority' "
        '(type.googleapis.com/google.firebase.fcm.v1.AndroidMessagePriority), "urgent"',
    ),
    "a duration without its s": (
        android(ttl="60"),
        "message.android.ttl",
        "Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.Duration), "
        "Field 'ttl', Illegal duration format; duration must end with 's'",
    ),
    "a number for a duration": (
        android(ttl=60),
        "message.android.ttl",
        "Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.Duration), 60",
    ),
    "a day for a time": (
        android(notification={"event_time": "2026-11-22"}),
        "message.android.notification.event_time",
        "Invalid value at 'message.android.notification.event_time' (type.googleapis.com/google.protobuf.Timestamp), "
        "Field 'eventTime', Invalid time format: Failed to parse input",
    ),
    "one bad duration of a list": (
        android(notification={"vibrate_timings": ["1s", 2]}),
        "message.android.notification.vibrate_timings[1]",
        "Invalid value at 'message.android.notification.vibrate_timings[1]' "
        "(type.googleapis.com/google.protobuf.Duration), 2",
    ),
    "a text for a block": (
        {"token": "t", "notification": "Hi"},
        "message.notification",
        "Invalid value at 'message.notification' (type.googleapis.com/google.firebase.fcm.v1.Notification), \"Hi\"",
    ),
    "a number in Apple's headers": (
        {"token": "t", "apns": {"headers": {"apns-priority": 5}}},
        "message.apns.headers[0].value",
        "Invalid value at 'message.apns.headers[0].value' (TYPE_STRING), 5",
    ),
    "a number in the web's headers": (
        {"token": "t", "webpush": {"headers": {"TTL": 5}}},
        "message.webpush.headers[0].value",
        "Invalid value at 'message.webpush.headers[0].value' (TYPE_STRING), 5",
    ),
    "a text for Apple's payload": (
        {"token": "t", "apns": {"payload": "aps"}},
        "message.apns.payload",
        "Invalid value at 'message.apns.payload' (type.googleapis.com/google.protobuf.Struct), \"aps\"",
    ),
    "two targets": (
        {"token": "t", "topic": "news"},
        "message",
        "Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set 'topic'",
    ),
}


@pytest.mark.parametrize(("message", "field", "text"), UNPARSABLE.values(), ids=UNPARSABLE)
def test_a_message_that_does_not_parse_is_refused_without_an_fcm_error(message: Json, field: str, text: str) -> None:
    assert refused(message) == bad_request(field, text)


# What parses but breaks a rule of FCM's: (message, field, text).
SIZE_LIMIT = "x" * 4096
BROKEN: dict[str, tuple[Json, str, str]] = {
    "too much data": ({"token": "t", "data": {"k": SIZE_LIMIT}}, "message", "Android message is too big"),
    "bytes count, not letters": (
        {"token": "t", "data": {"k": "é" * 2048}},
        "message",
        "Android message is too big",
    ),
    "data and notification together": (
        {"token": "t", "data": {"k": "x" * 2000}, "notification": {"title": "x" * 2000, "body": "x" * 200}},
        "message",
        "Android message is too big",
    ),
    "2,049 bytes to a topic": ({"topic": "n", "data": {"k": "x" * 2048}}, "message", "Android message is too big"),
    "too much for Apple": (
        apns(aps={"alert": "x" * 4090}),
        "message.apns.payload",
        "APNs payload too big",
    ),
    "too much for the web": (
        {"token": "t", "webpush": {"data": {"k": SIZE_LIMIT}}},
        "message.webpush",
        "Web push message is too big",
    ),
    "from": ({"token": "t", "data": {"from": "me"}}, "message.data", "Invalid data payload key: from"),
    "message_type": (
        android(data={"message_type": "x"}),
        "message.android.data",
        "Invalid data payload key: message_type",
    ),
    "google": ({"token": "t", "data": {"google.x": "1"}}, "message.data", "Invalid data payload key: google.x"),
    "gcm": (
        {"token": "t", "webpush": {"data": {"gcm.x": "1"}}},
        "message.webpush.data",
        "Invalid data payload key: gcm.x",
    ),
    "more than four weeks": (
        android(ttl="2419201s"),
        "message.android.ttl",
        "Invalid TTL: 2419201s is not between 0s and 2419200s.",
    ),
    "a negative life": (
        {"token": "t", "androidV2": {"ttl": "-1s"}},
        "message.android_v2.ttl",
        "Invalid TTL: -1s is not between 0s and 2419200s.",
    ),
    "a label with a space": (
        {"token": "t", "fcmOptions": {"analyticsLabel": "a b"}},
        "message.fcm_options.analytics_label",
        "Invalid analytics label: a b. It must match [a-zA-Z0-9\\-_.~%]{1,50}",
    ),
    "a silent Apple message without priority": (
        apns(aps=SILENT),
        "message.apns.headers",
        "Invalid value for APNs header apns-priority: none: a message with only content-available must have 5.",
    ),
    "a silent Apple message at once": (
        apns({"apns-priority": "10"}, aps=SILENT),
        "message.apns.headers",
        "Invalid value for APNs header apns-priority: 10: a message with only content-available must have 5.",
    ),
    "a silent Apple message as an alert": (
        apns(SILENT_HEADERS | {"apns-push-type": "alert"}, aps=SILENT),
        "message.apns.headers",
        "Invalid value for APNs header apns-push-type: alert: "
        "a message with only content-available must have background.",
    ),
    "an unknown Apple priority": (
        apns({"apns-priority": "high"}, aps={"alert": "a"}),
        "message.apns.headers",
        "Invalid value for APNs header apns-priority: high: it must be 10, 5 or 1.",
    ),
    "a long collapse id": (
        apns({"apns-collapse-id": "é" * 33}, aps={"alert": "a"}),
        "message.apns.headers",
        f"Invalid value for APNs header apns-collapse-id: {'é' * 33}: at most 64 bytes.",
    ),
    "an expiration that is no number": (
        apns({"apns-expiration": "tomorrow"}, aps={"alert": "a"}),
        "message.apns.headers",
        "Invalid value for APNs header apns-expiration: tomorrow: it must be a UNIX time in seconds.",
    ),
    "an aps that is no object": (
        apns(aps="alert"),
        "message.apns.payload.aps",
        "Invalid APNs payload: aps must be an object.",
    ),
}


@pytest.mark.parametrize(("message", "field", "text"), BROKEN.values(), ids=BROKEN)
def test_a_message_that_breaks_a_rule_is_refused_with_an_fcm_error(message: Json, field: str, text: str) -> None:
    assert refused(message) == invalid_argument(field, text)


@pytest.mark.parametrize("message", [{}, {"data": {"a": "b"}}, {"token": ""}])
def test_a_message_for_nobody_is_refused(message: Json) -> None:
    error = refused(message)
    assert error["message"] == "Recipient of the message is not set."
    assert [detail["@type"].rpartition(".")[2] for detail in error["details"]] == ["BadRequest", "FcmError"]


def test_every_violation_is_named() -> None:
    error = refused({"token": "t", "data": {"a": 1}, "x": 1})
    assert [each["field"] for each in error["details"][0]["fieldViolations"]] == ["message.data[0].value", "message"]
    assert len(error["message"].splitlines()) == 2


NOT_JSON = "Invalid JSON payload received. "


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"not json", f"{NOT_JSON}Unexpected token.\nnot json\n^"),
        (b'{"message": {"token": "t", }}', f"{NOT_JSON}Unexpected token.\n}}}}\n^"),
        (b"", f"{NOT_JSON}Unexpected end of string. Expected a value.\n\n^"),
        (b'{"message": {"token": NaN}}', f"{NOT_JSON}Unexpected token."),
        (b'{"message": {"token": "\xff"}}', f"{NOT_JSON}Unexpected token."),
        (b'{"message": {"token": "\\ud83d"}}', f"{NOT_JSON}Unexpected token."),
        (b"[" * 200 + b"]" * 200, f"{NOT_JSON}Unexpected token."),
        (b"[" * 100_000, f"{NOT_JSON}Unexpected token."),
        (b'"text"', f'{NOT_JSON}Unknown name "": Root element must be a message.'),
        (b'{"massage": {}}', f'{NOT_JSON}Unknown name "massage": Cannot find field.'),
    ],
)  # fmt: skip
def test_a_body_that_is_no_request_is_refused(body: bytes, text: str) -> None:
    assert refused(body) == bad_request("", text)


FIREBASE_ADMIN = [
    messaging.Message(fid="f", data={"a": "b"}),
    messaging.Message(topic="news", notification=messaging.Notification("title", "body", "https://e.example/a.png")),
    messaging.Message(condition="'a' in topics", fcm_options=messaging.FCMOptions("label")),
    messaging.Message(
        fid="f",
        android=messaging.AndroidConfig(
            collapse_key="k",
            priority="high",
            ttl=timedelta(hours=1, milliseconds=5),
            restricted_package_name="app",
            data={"k": "v"},
            fcm_options=messaging.AndroidFCMOptions("label"),
            direct_boot_ok=True,
            notification=messaging.AndroidNotification(
                title="t", body="b", icon="i", color="#112233", sound="s", tag="t", click_action="c",
                body_loc_key="k", body_loc_args=["a"], title_loc_key="k", title_loc_args=["a"], channel_id="c",
                image="https://e.example/a.png", ticker="t", sticky=True, local_only=True, priority="high",
                vibrate_timings_millis=[100, 250], default_vibrate_timings=False, default_sound=True,
                light_settings=messaging.LightSettings("#11223344", 100, 2000), default_light_settings=False,
                visibility="public", notification_count=3, proxy="allow",
            ),
        ),
    ),
    messaging.Message(
        fid="f",
        apns=messaging.APNSConfig(
            headers={"apns-priority": "10", "apns-collapse-id": "c"},
            payload=messaging.APNSPayload(
                messaging.Aps(
                    alert=messaging.ApsAlert(title="t", body="b", loc_key="k", loc_args=["a"], launch_image="i"),
                    badge=3, sound=messaging.CriticalSound("s", critical=True, volume=0.5), category="c",
                    content_available=True, mutable_content=True, thread_id="t", custom_data={"x": 1},
                ),
                own="value",
            ),
            fcm_options=messaging.APNSFCMOptions("label", "https://e.example/a.png"),
        ),
    ),
    messaging.Message(
        fid="f",
        webpush=messaging.WebpushConfig(
            headers={"TTL": "5"},
            data={"k": "v"},
            notification=messaging.WebpushNotification(
                "t", "b", icon="i", actions=[messaging.WebpushNotificationAction("a", "t")], vibrate=[1, 2],
                timestamp_millis=1, renotify=True, require_interaction=True,
            ),
            fcm_options=messaging.WebpushFCMOptions("https://e.example"),
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize("message", FIREBASE_ADMIN, ids=range(len(FIREBASE_ADMIN)))
def test_what_firebase_admin_sends_is_taken(message: Any) -> None:
    encoded = json.loads(json.dumps(MessageEncoder().default(message)))
    assert accepted(encoded).message == encoded
