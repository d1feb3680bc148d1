"""FCM's answers when it refuses, in the shapes of the real service.

    Refused
    ├── bad request        400, parse level: google.rpc.BadRequest only
    ├── invalid argument   400, FCM level: FcmError and google.rpc.BadRequest
    └── the rest           by name in `NAMED`, as the faults of `PUT /behaviour` call them

Sources: Firebase, *ErrorCode* and *FCM error codes*; bloomberg/pushiko, *FCM responses*; answers that people quoted in
firebase-admin-go #719 (project quota), firebase-admin-python and dcai/airnotifier #211 (sender id).
"""

from collections.abc import Callable, Iterable
from typing import Any

Detail = dict[str, Any]
Violation = tuple[str, str]
"""The path of a field ("" for the root), and what is wrong with it."""

STATUS_CODES = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}
GENERIC = "Request contains an invalid argument."
CREDENTIAL = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class Refused(Exception):
    """An answer other than 200: Google's error document, and `Retry-After` in seconds where one is sent."""

    def __init__(self, status: str, message: str, *details: Detail, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = STATUS_CODES[status]
        self.retry_after = retry_after
        error: dict[str, Any] = {"code": self.code, "message": message, "status": status}
        self.document = {"error": error | ({"details": list(details)} if details else {})}


def fcm_error(code: str) -> Detail:
    return {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}


def violations(found: Iterable[Violation]) -> Detail:
    return {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [
            {"field": field, "description": text} if field else {"description": text} for field, text in found
        ],
    }


def error_info(reason: str, domain: str = "googleapis.com", **metadata: str) -> Detail:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": domain,
        "metadata": metadata,
    }


def bad_request(found: list[Violation]) -> Refused:
    """The JSON does not parse into the API's types: no FcmError, every violation on a line of its own."""
    return Refused("INVALID_ARGUMENT", "\n".join(text for _, text in found), violations(found))


def invalid_argument(field: str, text: str) -> Refused:
    """The request parses, but FCM does not take the message."""
    return Refused("INVALID_ARGUMENT", text, fcm_error("INVALID_ARGUMENT"), violations([(field, text)]))


def missing_credentials() -> Refused:
    return Refused(
        "UNAUTHENTICATED",
        f"Request is missing required authentication credential. {CREDENTIAL}",
        error_info(
            "CREDENTIALS_MISSING",
            service="fcm.googleapis.com",
            method="google.firebase.fcm.v1.FcmService.SendMessage",
        ),
    )


def project_quota(project: str, retry_after: int) -> Refused:
    """The project's own quota is used up. The real answer has no FcmError: only the 429 tells."""
    return Refused(
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Send requests' and limit 'Send requests per minute' of service "
        f"'fcm.googleapis.com' for consumer 'project_number:{project}'.",
        error_info(
            "RATE_LIMIT_EXCEEDED",
            service="fcm.googleapis.com",
            consumer=f"projects/{project}",
            quota_metric="fcm.googleapis.com/send_requests",
            quota_limit="SendsPerMinutePerProject",
            quota_unit="1/min/{project}",
            quota_location="global",
        ),
        retry_after=retry_after,
    )


def _permission_denied(project: str, after: int | None) -> Refused:
    resource = f"//cloudresourcemanager.googleapis.com/projects/{project}"
    return Refused(
        "PERMISSION_DENIED",
        f"Permission 'cloudmessaging.messages.create' denied on resource '{resource}' (or it may not exist).",
        error_info(
            "IAM_PERMISSION_DENIED",
            domain="cloudresourcemanager.googleapis.com",
            permission="cloudmessaging.messages.create",
            resource=f"projects/{project}",
        ),
        retry_after=after,
    )


def _plain(status: str, message: str, *details: Detail) -> Callable[[str, int | None], Refused]:
    return lambda _, after: Refused(status, message, *details, retry_after=after)


NAMED: dict[str, Callable[[str, int | None], Refused]] = {
    "UNREGISTERED": _plain("NOT_FOUND", "Requested entity was not found.", fcm_error("UNREGISTERED")),
    "NOT_FOUND": _plain("NOT_FOUND", "Requested entity was not found."),
    "INVALID_TOKEN": _plain(
        "INVALID_ARGUMENT",
        "The registration token is not a valid FCM registration token",
        fcm_error("INVALID_ARGUMENT"),
        violations([("message.token", "Invalid registration token")]),
    ),
    "INVALID_ARGUMENT": _plain("INVALID_ARGUMENT", GENERIC, fcm_error("INVALID_ARGUMENT")),
    "SENDER_ID_MISMATCH": _plain("PERMISSION_DENIED", "SenderId mismatch", fcm_error("SENDER_ID_MISMATCH")),
    "PERMISSION_DENIED": _permission_denied,
    "THIRD_PARTY_AUTH_ERROR": _plain(
        "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", fcm_error("THIRD_PARTY_AUTH_ERROR")
    ),
    "UNAUTHENTICATED": _plain(
        "UNAUTHENTICATED",
        f"Request had invalid authentication credentials. {CREDENTIAL}",
        error_info("ACCESS_TOKEN_EXPIRED", service="fcm.googleapis.com"),
    ),
    "QUOTA_EXCEEDED": lambda _, after: Refused(
        "RESOURCE_EXHAUSTED",
        "Quota exceeded.",
        fcm_error("QUOTA_EXCEEDED"),
        retry_after=1 if after is None else after,
    ),
    "INTERNAL": _plain("INTERNAL", "Internal error encountered.", fcm_error("INTERNAL")),
    "UNAVAILABLE": _plain("UNAVAILABLE", "The service is currently unavailable.", fcm_error("UNAVAILABLE")),
}
