"""`runs/{id}` and `runs/{id}/lists/{n}` as they are stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from push.adapters.firestore.codec import VERSION, Codec
from push.domain.page import Leftover
from push.domain.results import day_of
from push.domain.run import Run
from push.domain.status import slot_of

# A release that knows no canary would send to its share of the key space a second time: it refuses this format.
_WITH_CANARY = 2
RUNS = Codec(
    Run,
    times=(
        "wake_at",
        "send_on",
        "expires_at",
        "created_at",
        "started_at",
        "sent_at",
        "ended_at",
        "first_known_at",
        "last_known_at",
        "removed_at",
        "released_at",
        "resumed_at",
    ),
    texts=("content", "audience", "request"),
    readable=(VERSION, _WITH_CANARY),
)

# The newest that this release writes.
FORMAT = _WITH_CANARY


def run_of(document: Mapping[str, Any]) -> Run:
    """Raises ValueError for one that cannot be read."""
    return RUNS.decode(document)


def run_document(run: Run) -> dict[str, Any]:
    """With the day, and the ten minutes, that its sending ended in, by which statistics and status find it: an index
    over moments would be a hot spot. `tagIds`: the audience's, which stands in a text."""
    tags = sorted({tag for group in run.audience.groups for tag in group})
    moment = run.sending_ended_at
    ended = {
        "endedDay": None if moment is None else day_of(moment),
        "endedSlot": None if moment is None else slot_of(moment),
    }
    version = _WITH_CANARY if run.canary else VERSION
    return RUNS.encode(run) | ended | {"v": version, "tagIds": tags}


def list_document(items: Sequence[str], expire_at: datetime | None) -> dict[str, Any]:
    return {"v": VERSION, "items": list(items), "expireAt": expire_at}


def leftovers_document(leftovers: Sequence[Leftover], expire_at: datetime | None) -> dict[str, Any]:
    """A list of keys. `inDoubt`: the places of those of whom nobody knows whether FCM took their message; older
    releases neither write nor read it."""
    in_doubt = [place for place, each in enumerate(leftovers) if each.in_doubt]
    document = list_document([each.key for each in leftovers], expire_at)
    return document | {"inDoubt": in_doubt} if in_doubt else document


def leftovers_of(document: Mapping[str, Any]) -> tuple[Leftover, ...]:
    in_doubt = {*document.get("inDoubt", ())}
    return tuple(Leftover(key, place in in_doubt) for place, key in enumerate(document.get("items", ())))
