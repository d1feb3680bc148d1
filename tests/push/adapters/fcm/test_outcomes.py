"""FCM's answers, in its own shapes, and what becomes of the target."""

import json
from typing import Any

import pytest

from push.adapters.fcm.batch import Reply
from push.adapters.fcm.outcomes import outcome
from push.domain.outcome import Kind

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


def refused(status: int, code: str = "", message: str = "no", fields: tuple[str, ...] = (), later: int = 0) -> Reply:
    details: list[dict[str, Any]] = [{"@type": FCM_ERROR, "errorCode": code}] if code else []
    if fields:
        details.append({"@type": BAD_REQUEST, "fieldViolations": [{"field": f, "description": "x"} for f in fields]})
    return Reply(
        status, json.dumps({"error": {"code": status, "message": message, "details": details}}).encode(), later
    )


def too_much(subject: str, description: str) -> Reply:
    """The quota of what, as google.rpc.QuotaFailure says it."""
    failure = {"@type": QUOTA_FAILURE, "violations": [{"subject": subject, "description": description}]}
    details = [{"@type": FCM_ERROR, "errorCode": "QUOTA_EXCEEDED"}, failure]
    return Reply(429, json.dumps({"error": {"code": 429, "message": "no", "details": details}}).encode())


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (Reply(200, b'{"name": "projects/p/messages/1"}'), Kind.ACCEPTED, ""),
        (refused(404, "UNREGISTERED"), Kind.DEAD, "UNREGISTERED"),
        (refused(404), Kind.MISCONFIGURED, "NOT_FOUND"),
        (refused(400, "INVALID_ARGUMENT", fields=("message.token",)), Kind.DEAD, "INVALID_TOKEN"),
        (refused(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"), Kind.DEAD,
         "INVALID_TOKEN"),
        (refused(400, "INVALID_ARGUMENT", fields=("message.data",)), Kind.REJECTED, "INVALID_ARGUMENT"),
        (refused(400, "INVALID_ARGUMENT", "Request contains an invalid argument."), Kind.REJECTED, "INVALID_ARGUMENT"),
        (refused(413), Kind.REJECTED, "HTTP_413"),
        (refused(403, "SENDER_ID_MISMATCH"), Kind.DEAD, "SENDER_ID_MISMATCH"),
        (refused(403), Kind.MISCONFIGURED, "PERMISSION_DENIED"),
        (refused(401, "THIRD_PARTY_AUTH_ERROR"), Kind.MISCONFIGURED, "THIRD_PARTY_AUTH_ERROR"),
        (refused(401), Kind.MISCONFIGURED, "UNAUTHENTICATED"),
        (refused(429, "QUOTA_EXCEEDED"), Kind.RETRY, "QUOTA_EXCEEDED"),
        (refused(429), Kind.RETRY, "QUOTA_EXCEEDED"),
        (too_much("device:abc", "Message rate exceeded"), Kind.RETRY, "DEVICE_QUOTA_EXCEEDED"),
        (too_much("project:abc", "Message rate exceeded"), Kind.RETRY, "QUOTA_EXCEEDED"),
        (refused(500, "INTERNAL"), Kind.RETRY, "INTERNAL"),
        (refused(503, "UNAVAILABLE"), Kind.RETRY, "UNAVAILABLE"),
        (Reply(502, b"<html>"), Kind.UNKNOWN, "HTTP_502"),
        (Reply(0, error="CONNECTION_LOST", sent=True), Kind.UNKNOWN, "CONNECTION_LOST"),
        (Reply(0, error="UNREACHABLE", sent=False), Kind.RETRY, "CONNECTION"),
    ],
)  # fmt: skip
def test_an_answer_becomes_one_outcome(reply: Reply, kind: Kind, code: str) -> None:
    assert outcome(reply)[:2] == (kind, code)


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (refused(429, later=7), 7),
        (refused(429), 60),
        (refused(503), 10),
        (refused(503, later=120), 120),
        (refused(503, later=1), 10),
        (Reply(0, error="UNREACHABLE", sent=False), 10),
    ],
)
def test_a_retry_waits_as_long_as_fcm_asks_and_never_under_10_s_without_being_asked(reply: Reply, seconds: int) -> None:
    assert outcome(reply).after_s == seconds


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"error": "x"}', b'{"error": {"details": 5}}', b"\xff", b"[" * 30_000]
)
def test_a_body_that_is_not_fcms_does_not_raise(body: bytes) -> None:
    assert outcome(Reply(400, body)).kind is Kind.REJECTED
