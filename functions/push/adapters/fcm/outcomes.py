"""FCM's answers become outcomes here, in one table (FCM, *ErrorCode*).

200                                            accepted
404 UNREGISTERED, 403 SENDER_ID_MISMATCH       dead
400 that names the token                       dead
400 otherwise, other 4xx                       rejected
404, 403 without those codes, 401              misconfigured; a 401 only once it has lasted (refusals.py)
429                                            retry after Retry-After, else 60 s; of the project, unless FCM says
                                               that it is the device that gets too much
500, 503                                       retry after the backoff, or Retry-After
other 5xx, a broken connection, no answer      unknown, if anything was sent; else retry
"""

import json
from typing import Any

from push.adapters.fcm.batch import Reply
from push.domain.outcome import (
    ACCEPTED,
    FIRST_BACKOFF_S,
    QUOTA_EXCEEDED,
    QUOTA_PAUSE_S,
    SENDER_ID_MISMATCH,
    UNAUTHENTICATED,
    Kind,
    Outcome,
)

_FCM_ERROR = "google.firebase.fcm.v1.FcmError"
_TARGET_FIELDS = {"message.token", "message.fid"}


def outcome(reply: Reply) -> Outcome:
    status = reply.status
    if status == 200:
        return ACCEPTED
    if status == 0:
        return Outcome(Kind.UNKNOWN, reply.error) if reply.sent else _later("CONNECTION", 0)
    error = _error(reply.body)
    code = _code(error)
    if status == 429:
        whose = "DEVICE_QUOTA_EXCEEDED" if _about_device(error) else QUOTA_EXCEEDED
        return Outcome(Kind.RETRY, whose, float(reply.retry_after or QUOTA_PAUSE_S))
    if status in (500, 503):
        return _later(code or "UNAVAILABLE", reply.retry_after)
    if status > 500:
        return Outcome(Kind.UNKNOWN, f"HTTP_{status}")
    if status == 404:
        return Outcome(Kind.DEAD, code) if code == "UNREGISTERED" else Outcome(Kind.MISCONFIGURED, "NOT_FOUND")
    if status == 403:
        dead = code == SENDER_ID_MISMATCH
        return Outcome(Kind.DEAD, code) if dead else Outcome(Kind.MISCONFIGURED, "PERMISSION_DENIED")
    if status == 401:
        return Outcome(Kind.MISCONFIGURED, code or UNAUTHENTICATED)
    if status == 400 and _names_target(error):
        return Outcome(Kind.DEAD, "INVALID_TOKEN")
    return Outcome(Kind.REJECTED, code or f"HTTP_{status}")


def _later(code: str, retry_after: int) -> Outcome:
    return Outcome(Kind.RETRY, code, max(FIRST_BACKOFF_S, float(retry_after)))


def _error(body: bytes) -> dict[str, Any]:
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    return _listed(error.get("details"))


def _code(error: dict[str, Any]) -> str:
    """FCM's own code. The top-level status alone misleads."""
    for detail in _details(error):
        if str(detail.get("@type", "")).endswith(_FCM_ERROR):
            return str(detail.get("errorCode", ""))
    return ""


def _about_device(error: dict[str, Any]) -> bool:
    """Whether the quota is the target's own (FCM, *ErrorCode*: QuotaFailure says which quota was exceeded)."""
    violations = [each for detail in _details(error) for each in _listed(detail.get("violations"))]
    return any("device" in f"{each.get('subject')} {each.get('description')}".lower() for each in violations)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names_target(error: dict[str, Any]) -> bool:
    for detail in _details(error):
        if any(violation.get("field") in _TARGET_FIELDS for violation in _listed(detail.get("fieldViolations"))):
            return True
    return "registration token is not a valid" in str(error.get("message", ""))
