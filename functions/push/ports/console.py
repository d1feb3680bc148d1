from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from push.domain.schedule import Schedule
from push.domain.tag import Tag
from push.domain.template import Template
from push.ports.versions import Versioned

Accepted = Schedule | Template | Tag


class Kind(StrEnum):
    """Collections that people write by hand, by the name of the collection."""

    SCHEDULES = "schedules"
    TEMPLATES = "templates"
    TAGS = "tags"


class Written(NamedTuple):
    """A document as it stands, whoever wrote it: values as Firestore has them, times as `datetime`; and for how long it
    has not been written (ms, by the store's clock)."""

    fields: Mapping[str, Any]
    version: Any
    age_ms: int


class Console(Protocol):
    """Documents that people see and edit in the Firebase console, as they stand there. What is said to those people
    stands in them as `problem` (what they must correct) and `notice` (what was put back)."""

    async def read(self, kind: Kind, id: str) -> Written | None: ...

    def edits(self, written: Written, accepted: Accepted) -> frozenset[str]:
        """The fields that say something else than what was accepted; never `problem` and `notice`."""

    def said_before(self, kind: Kind, id: str, written: Written) -> Accepted | None:
        """What an older release accepted, where the document says it in that one's words: no edit of anybody's."""

    async def tell(self, kind: Kind, id: str, told: Mapping[str, Any], version: Any) -> None:
        """Sets these fields, and leaves the others. Raises Stale when the document is not at `version`."""

    async def write(self, accepted: Accepted, version: Any, notice: str | None = None) -> None:
        """Makes the document say what is accepted, a notice if there is one, and nothing else. `version` None: it was
        deleted. Raises Stale when the document is not at `version`."""

    async def outdated(self, kind: Kind, after: str, limit: int) -> tuple[Sequence[Versioned[Accepted]], str | None]:
        """Of the next `limit` documents behind an id: what an older release accepted and stored in words of its own;
        and the last id that was looked at, None at the end."""
