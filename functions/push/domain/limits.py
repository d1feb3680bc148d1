"""What an address may make in an app that tells the app's secret, which ships in every copy of it (design §8)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

HOUR_MS = 3_600_000


class Limited(StrEnum):
    DEVICES = "new devices"
    TAGS = "new tags"
    USERS = "new users"


class Limits(BaseModel):
    """How many an hour. Offices and mobile networks share an address among thousands of phones."""

    model_config = ConfigDict(frozen=True)

    devices: int = 1_000
    tags: int = 300
    users: int = 300

    def of(self, what: Limited) -> int:
        return {Limited.DEVICES: self.devices, Limited.TAGS: self.tags, Limited.USERS: self.users}[what]


def hour_of(now: int) -> int:
    return now // HOUR_MS


def seconds_left(now: int) -> int:
    """Until the next hour begins; at least one."""
    return max(1, -(-(HOUR_MS - now % HOUR_MS) // 1_000))
