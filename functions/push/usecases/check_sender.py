"""Segmented push and push with content: permissions of their own beside the one to send."""

from push.domain.account import Caller, Right
from push.domain.errors import Forbidden
from push.domain.schedule import Schedule


def check_sender(caller: Caller, schedule: Schedule, before: Schedule | None = None) -> None:
    """Raises Forbidden for what the caller's role does not include; what stood there `before` may stay.

    An app's client has no rights of this kind: it is held to its own aliases."""
    if caller.is_app:
        return
    for right, said, stood in (
        (Right.SEGMENTED, schedule.filter_tags, before.filter_tags if before else ()),
        (Right.CONTENT, schedule.content, before.content if before else None),
    ):
        if said and said != stood and not caller.may(right):
            raise Forbidden(f"this account's role lacks the right: {right.value}")
