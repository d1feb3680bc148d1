"""Why a run was halted, in a sentence that says what to do about it."""

from push.domain.canary import Refusal

_CHECKS = {
    "NOT_FOUND": "check the app's firebaseProject",
    "PERMISSION_DENIED": "check that the Firebase Cloud Messaging API is enabled in it, and that the service "
    "account of deliver has a role there that may send",
    "NO_CREDENTIALS": "check the credentials of deliver",
    "UNAUTHENTICATED": "check the credentials of deliver, and that they are this project's",
}
_WAYS_OUT = "resume it (POST …/resume), or cancel it"


def project_refused(project: str, code: str, count: int) -> str:
    """FCM takes nothing for the project; `count` targets in a row were told so."""
    check = _CHECKS.get(code, "check the app's firebaseProject and the credentials of deliver")
    whom = "a phone" if count == 1 else f"{count:,} phones"
    return (
        f"FCM refused to send to {whom} of project {project} ({code}), and will refuse all others: {check}; "
        f"then {_WAYS_OUT}. Nobody is left out by resuming."
    )


def canary_refused(refusal: Refusal, others: int) -> str:
    return (
        f"The canary: FCM rejected {refusal.rejected:,} of the first {refusal.judged:,} phones ({refusal.code}); "
        f"about {others:,} others got nothing. If those were bad phones, {_WAYS_OUT}; if it is the notification, "
        "cancel it and send a corrected copy (POST …/duplicate)."
    )
