"""Identity Toolkit's errors become ours here, in one table.

A code stands at the beginning of `error.message`, sometimes with " : " and more behind it; the more may quote what was
sent, so it goes nowhere. What the table does not know is NotSetUp, since only the project's owner can find out.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from push import logs
from push.domain.errors import PushError, TooManyRequests, Unavailable, invalid
from push.domain.identity import EmailTaken, NotSetUp, WrongCredentials

_PAUSE_S = 60
_CODE = re.compile(r"[A-Z][A-Z0-9_]+")


def _taken() -> PushError:
    return EmailTaken("somebody has this email already: log in, or use another one")


def _field(name: str, message: str) -> Callable[[], PushError]:
    return lambda: invalid(f"/{name}", message)


def _not_set_up(detail: str) -> Callable[[], PushError]:
    return lambda: NotSetUp(detail)


def _pause() -> PushError:
    return TooManyRequests(f"Firebase wants a pause after so many tries: try again in {_PAUSE_S} seconds", _PAUSE_S)


_ENABLE = _not_set_up(
    "this way to log in is switched off: enable it in the Firebase console, Authentication, Sign-in method"
)
_START = _not_set_up("the app's Firebase project has no Authentication yet: start it in the Firebase console")
_KEY = _not_set_up(
    "Firebase does not take the app's firebaseApiKey: PUT core/app/{appId} with the project's Web API key"
)
_ROLE = _not_set_up(
    "our service account may not make or delete the project's users: let terraform's firebase_projects give it the role"
)
_EMAIL = _field("email", "is no address that Firebase takes")
_PASSWORD = _field("password", "is too weak for Firebase: take a longer one")

TABLE: Mapping[str, Callable[[], PushError]] = {
    "EMAIL_EXISTS": _taken,
    "FEDERATED_USER_ID_ALREADY_LINKED": _taken,
    "INVALID_LOGIN_CREDENTIALS": WrongCredentials,
    "INVALID_PASSWORD": WrongCredentials,
    "EMAIL_NOT_FOUND": WrongCredentials,
    "USER_NOT_FOUND": WrongCredentials,
    "USER_DISABLED": WrongCredentials,
    "INVALID_IDP_RESPONSE": WrongCredentials,
    "INVALID_CREDENTIAL_OR_PROVIDER_ID": WrongCredentials,
    "MISSING_OR_INVALID_NONCE": WrongCredentials,
    "INVALID_EMAIL": _EMAIL,
    "MISSING_EMAIL": _EMAIL,
    "WEAK_PASSWORD": _PASSWORD,
    "MISSING_PASSWORD": _PASSWORD,
    "PASSWORD_DOES_NOT_MEET_REQUIREMENTS": _PASSWORD,
    "TOO_MANY_ATTEMPTS_TRY_LATER": _pause,
    "QUOTA_EXCEEDED": _pause,
    "RATE_LIMIT_EXCEEDED": _pause,
    "RESOURCE_EXHAUSTED": _pause,
    "OPERATION_NOT_ALLOWED": _ENABLE,
    "PASSWORD_LOGIN_DISABLED": _ENABLE,
    "ADMIN_ONLY_OPERATION": _ENABLE,
    "CONFIGURATION_NOT_FOUND": _START,
    "PROJECT_NOT_FOUND": _START,
    "SERVICE_DISABLED": _START,
    "API_KEY_INVALID": _KEY,
    "API_KEY_SERVICE_BLOCKED": _KEY,
    "INSUFFICIENT_PERMISSION": _ROLE,
    "PERMISSION_DENIED": _ROLE,
}


def translated(status: int, body: Any) -> PushError:
    """What an answer below 500 means that is no success."""
    codes = codes_of(body)
    known = next((TABLE[code] for code in codes if code in TABLE), None)
    if known is not None:
        return known()
    if status == 429:
        return _pause()
    code = codes[0] if codes else str(status)
    logs.event("identity-refused", "WARNING", status=status, code=code)
    if status in (401, 408):
        return Unavailable("Firebase Authentication does not answer at the moment: try again")
    return NotSetUp(f"Firebase Authentication refused with {code}: look up what the project must be told")


def codes_of(body: Any) -> list[str]:
    """All that may be a code, the most telling first."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return []
    details = [each for each in error.get("details") or () if isinstance(each, dict)]
    said = [str(error.get("message", "")).partition(" : ")[0].strip()]
    said += [str(each["reason"]) for each in details if "reason" in each]
    said.append(str(error.get("status", "")))
    return [code for code in said if _CODE.fullmatch(code)]
