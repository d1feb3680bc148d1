"""Targets that nobody has heard of for very long are forgotten: a thirtieth of the key space a day."""

from datetime import date

from push.domain.keyspace import KeyRange, cut
from push.domain.schedule import DAY_MS

# FCM, *Manage tokens*: registrations on Android expire after 270 days without a sign of the phone.
UNSEEN_MS = 270 * DAY_MS
PARTS = 30


def part_of(day: str) -> KeyRange:
    """The keys whose turn it is on a day: 30 days in a row are all of them."""
    return cut(date.fromisoformat(day).toordinal() % PARTS, PARTS)
