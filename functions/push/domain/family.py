"""Refresh tokens that descend from one login: each is used once, and its use makes the next one.

An answer may get lost, so a used token stays good for a while. Used again after that, somebody has a copy, and nobody
can tell who: the whole family ends (RFC 9700, section 4.14.2).
"""

from pydantic import BaseModel, ConfigDict

GRACE_MS = 60_000
# As long as a refresh token lives, and a day.
DAY_MS = 24 * 3_600_000
LIFETIME_MS = 366 * DAY_MS
# Nobody uses more than these within the grace.
_REMEMBERED = 10


class Family(BaseModel):
    """`number` is that of the newest token; `used_at` when the ones before it were first used, the last one last."""

    model_config = ConfigDict(frozen=True)

    id: str
    subject: str
    app: int | None = None
    number: int = 1
    used_at: tuple[int, ...] = ()
    revoked: bool = False
    expire_at: int


def used(family: Family, number: int, now: int) -> Family:
    """The family after its token `number` came; `number` of what is answered is that of the token to issue."""
    if family.revoked:
        return family
    if number == family.number:
        times = (*family.used_at, now)[-_REMEMBERED:]
        return family.model_copy(update={"number": number + 1, "used_at": times, "expire_at": now + LIFETIME_MS})
    if not _still_good(family, number, now):
        return revoked(family)
    # The next token is issued once more, and lives as long as any.
    late = now + LIFETIME_MS - family.expire_at > DAY_MS
    return family.model_copy(update={"expire_at": now + LIFETIME_MS}) if late else family


def revoked(family: Family) -> Family:
    return family.model_copy(update={"revoked": True})


def _still_good(family: Family, number: int, now: int) -> bool:
    age = family.number - number
    if not 1 <= age <= len(family.used_at):
        return False
    # A phone's answer may have been lost long ago: it can show no password, and its app's secret is in every copy of
    # the app. Its token is good until the next one was used, which shows that it arrived.
    if family.app is not None and age == 1:
        return True
    return now - family.used_at[-age] <= GRACE_MS
