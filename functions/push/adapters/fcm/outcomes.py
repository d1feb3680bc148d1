"""FCM's answers become outcomes here, in one table (FCM, *ErrorCode*; design §4).

200                                            accepted
404 UNREGISTERED, 403 SENDER_ID_MISMATCH       dead
400 that names the token                       dead
400 otherwise, other 4xx                       rejected
404, 403 without those codes, 401              misconfigured
429                                            retry after Retry-After, else 60 s
500, 503                                       retry after the backoff, or Retry-After
other 5xx, a broken connection, no answer      unknown, if anything was sent; else retry
"""

import json
from typing import Any

from push.adapters.fcm.batch import Reply
from push.domain.outcome import ACCEPTED, FIRST_BACKOFF_S, QUOTA_PAUSE_S, Kind, Outcome

UNAUTHENTICATED = "UNAUTHENTICATED"
_FCM_ERROR = "google.firebase.fcm.v1.FcmError"
_TARGET_FIELDS = {"message.token", "message.fid"}


def outcome(reply: Reply) -> Outcome:
    status = reply.status
    if status == 200:
        return ACCEPTED
    if status == 0:
        return Outcome(Kind.UNKNOWN, f"CURL_{reply.error}") if reply.sent else _later("CONNECTION", 0)
    error = _error(reply.body)
    code = _code(error)
    if status == 429:
        return Outcome(Kind.RETRY, code or "QUOTA_EXCEEDED", float(reply.retry_after or QUOTA_PAUSE_S))
    if status in (500, 503):
        return _later(code or "UNAVAILABLE", reply.retry_after)
    if status > 500:
        return Outcome(Kind.UNKNOWN, f"HTTP_{status}")
    if status == 404:
        return Outcome(Kind.DEAD, code) if code == "UNREGISTERED" else Outcome(Kind.MISCONFIGURED, "NOT_FOUND")
    if status == 403:
        dead = code == "SENDER_ID_MISMATCH"
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
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    details = error.get("details")
    return [d for d in details if isinstance(d, dict)] if isinstance(details, list) else []


def _code(error: dict[str, Any]) -> str:
    """FCM's own code. The top-level status alone misleads."""
    for detail in _details(error):
        if str(detail.get("@type", "")).endswith(_FCM_ERROR):
            return str(detail.get("errorCode", ""))
    return ""


def _names_target(error: dict[str, Any]) -> bool:
    for detail in _details(error):
        violations = detail.get("fieldViolations")
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict) and violation.get("field") in _TARGET_FIELDS:
                return True
    return "registration token is not a valid" in str(error.get("message", ""))
