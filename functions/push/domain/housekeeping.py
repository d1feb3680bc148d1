"""What is to be done each day, by one job that never ends: its cursor says for which day, and how far it is.

Old ledgers, failures, activity, lists, memories of repeats and ended jobs go by Firestore's own TTL, and who is to be
forgotten has a job each: what is left are the day's targets. Before its first day it sees to what an older release
stored (usecases/renew_documents.py).
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from push.domain.pruning import PARTS

HOUSEKEEPING = "housekeeping"
_DAY = timedelta(days=1)


class Place(NamedTuple):
    """A day (UTC), and where its chores are, in their own words."""

    day: date
    cursor: str = ""

    @property
    def begins_at(self) -> int:
        """In ms."""
        return int(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC).timestamp()) * 1_000

    def __str__(self) -> str:
        return f"{self.day.isoformat()}/{self.cursor}"


def place_of(cursor: str, now: int) -> Place:
    """Today where nothing, or nonsense, is said. Of days that were missed the last thirty are made up for: they are
    everybody's turn."""
    today = datetime.fromtimestamp(now / 1_000, UTC).date()
    day, _, rest = cursor.partition("/")
    try:
        place = Place(date.fromisoformat(day), rest)
    except ValueError:
        return Place(today)
    oldest = today - (PARTS - 1) * _DAY
    return place if place.day >= oldest else Place(oldest)


def day_after(place: Place) -> Place:
    return Place(place.day + _DAY)
