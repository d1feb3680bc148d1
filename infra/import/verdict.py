"""What became of a row, and how that is told."""

from enum import StrEnum
from typing import NamedTuple

from push.domain.errors import PushError


class Outcome(StrEnum):
    """`same`: it was there, as it is in the file. `newer`: what is stored is newer, and stays. `given`: every
    installation has it. `deleted`: HALO had deleted it, so there is nothing to import."""

    CREATED = "created"
    UPDATED = "updated"
    SAME = "same"
    NEWER = "newer"
    GIVEN = "given"
    DELETED = "deleted"
    REFUSED = "refused"


class Notice(NamedTuple):
    """Something to know of a row: a stable `reason`, a JSON pointer into the row, and a sentence. Never a value of the
    row, which may be a person's."""

    reason: str
    pointer: str
    message: str


class Verdict(NamedTuple):
    """`id` is the row's own, where that could be read."""

    outcome: Outcome
    notices: tuple[Notice, ...] = ()
    id: str | None = None


def refused(reason: str, message: str, pointer: str = "", id: str | None = None) -> Verdict:
    return Verdict(Outcome.REFUSED, (Notice(reason, pointer, message),), id)


def refused_for(error: PushError, id: str | None = None) -> Verdict:
    """As the API would refuse it."""
    notices = tuple(Notice(error.code, pointer, message) for pointer, message in error.errors)
    return Verdict(Outcome.REFUSED, notices or (Notice(error.code, "", error.detail),), id)
