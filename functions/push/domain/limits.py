"""What may be made in an app that tells the app's secret, which ships in every copy of it."""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from push.domain.app import Limits
from push.domain.errors import invalid

HOUR_MS = 3_600_000
# Of an app that says nothing. Offices and mobile networks share an address among thousands of phones.
DEVICES_AN_ADDRESS = 1_000
TAGS_AN_ADDRESS = 300
USERS_AN_ADDRESS = 300


class Limited(StrEnum):
    DEVICES = "new devices"
    TAGS = "new tags"
    USERS = "new users"


class Bound(NamedTuple):
    """How many an hour: of the whole app, or from each address."""

    limit: int
    whole_app: bool

    @property
    def words(self) -> str:
        return "in the whole app" if self.whole_app else "from one address"


def bounds(limits: Limits, what: Limited) -> list[Bound]:
    """All that must hold. An app's own number for new tags takes the place of the one for each address."""
    if what is Limited.TAGS:
        own = limits.new_tags_per_hour
        return [Bound(TAGS_AN_ADDRESS, False) if own is None else Bound(own, True)]
    if what is Limited.USERS:
        return [Bound(USERS_AN_ADDRESS, False)]
    each = limits.new_devices_per_address_per_hour
    found = [Bound(DEVICES_AN_ADDRESS if each is None else each, False)]
    return found if limits.new_devices_per_hour is None else [*found, Bound(limits.new_devices_per_hour, True)]


def check_carried(limits: Limits, tags: Collection[str]) -> None:
    """Raises Invalid for more tags on one device than the app wants."""
    most = limits.tags_per_device
    if most is not None and len(tags) > most:
        raise invalid("/tags", f"must be at most {most:,} of them in this app")


def hour_of(now: int) -> int:
    return now // HOUR_MS


def seconds_left(now: int) -> int:
    """Until the next hour begins; at least one."""
    return max(1, -(-(HOUR_MS - now % HOUR_MS) // 1_000))
