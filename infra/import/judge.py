"""Which is to stay: what a row says, or what is stored. The newer of the two, always."""

from typing import NamedTuple

from push.domain.device import Device

from .verdict import Notice, Outcome

HELD = Notice(
    "alias-taken", "/alias", "another device has this alias, and was changed earlier: delete the one that is wrong"
)
NEWER = Notice("stored-is-newer", "/updatedAt", "what is stored was changed later, so it stays as it is")
REGISTERED = Notice("registered-anew", "/alias", "a device that registered here later has this alias, so it stays")


class Judgement(NamedTuple):
    outcome: Outcome
    store: Device | None = None
    notice: Notice | None = None


def judge(row: Device, by_id: Device | None, by_alias: Device | None) -> Judgement:
    """What to store of `row`, given the devices of its id and of its alias as they are now."""
    if by_alias is not None and by_alias.id != row.id:
        if by_alias.updated_at >= row.updated_at:
            return Judgement(Outcome.NEWER, notice=REGISTERED)
        return Judgement(Outcome.REFUSED, notice=HELD)
    stored = by_id or by_alias
    if stored is None:
        return Judgement(Outcome.CREATED, row)
    if stored.updated_at > row.updated_at:
        return Judgement(Outcome.NEWER, notice=NEWER)
    if stored.updated_at == row.updated_at:
        # It was imported; targets that it lacks went to another device, or FCM said that they are gone.
        if stored.user is not None or row.user is None:
            return Judgement(Outcome.SAME)
        return Judgement(Outcome.UPDATED, stored.model_copy(update={"user": row.user}))
    kept = {
        "user": row.user or stored.user,
        "created_at": min(row.created_at, stored.created_at),
        "seen_at": max(row.seen_at, stored.seen_at),
    }
    return Judgement(Outcome.UPDATED, row.model_copy(update=kept))
