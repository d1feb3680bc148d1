"""Why a run was halted, in a sentence that says what to do about it."""

from push.domain.canary import Refusal
from push.domain.outcome import SENDER_ID_MISMATCH

_CHECKS = {
    "NOT_FOUND": "check the app's firebaseProject",
    "PERMISSION_DENIED": "check that the Firebase Cloud Messaging API is enabled in it, and that the service "
    "account of deliver has a role there that may send",
    "NO_CREDENTIALS": "check the credentials of deliver",
    "UNAUTHENTICATED": "check the credentials of deliver, and that they are this project's",
}


def project_refused(project: str, code: str, count: int) -> str:
    """FCM takes nothing for the project, and said so of `count` targets."""
    check = _CHECKS.get(code, "check the app's firebaseProject and the credentials of deliver")
    whom = "a phone" if count == 1 else f"{count:,} phones"
    return (
        f"FCM refused {whom} of project {project} ({code}) and would refuse all others: {check}; then resume it "
        "(POST …/resume), which sends to them as well, or cancel it."
    )


def canary_refused(refusal: Refusal, others: int) -> str:
    found = (
        f"The canary: FCM rejected {refusal.rejected:,} of the first {refusal.judged:,} phones ({refusal.code}); "
        f"about {others:,} others got nothing."
    )
    if refusal.code == SENDER_ID_MISMATCH:
        return (
            f"{found} They belong to another Firebase project: check the app's firebaseProject. If it is wrong, cancel "
            "this one, mend it there and send a copy (POST …/duplicate); if it was those phones, resume it "
            "(POST …/resume)."
        )
    return (
        f"{found} If it was those phones, resume it (POST …/resume); if it is the notification, cancel it and send a "
        "corrected copy (POST …/duplicate)."
    )
