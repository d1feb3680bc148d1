"""Whom an identity means in an app: a user who has it, one whose email it proves, or a new one."""

import asyncio
from typing import NamedTuple

from push.domain.device_search import DeviceSearch
from push.domain.errors import Conflict, Unavailable
from push.domain.identity import EmailTaken, Identity
from push.domain.ids import new_id
from push.domain.user import User, fold_email, new_user_id
from push.ports import Clock, Devices, Users
from push.usecases.link_device import unlink_device

_TRIES = 3
# More than anybody has, and as many as one call has time for.
_UNLINKED, _AT_ONCE = 500, 50


class Profile(NamedTuple):
    """What a new user is like."""

    email: str
    name: str = ""
    surname: str = ""
    display_name: str | None = None
    photo_url: str | None = None


class Identified(NamedTuple):
    user: User
    created: bool


def profile_of(identity: Identity) -> Profile:
    """As whoever vouches for them knows them."""
    name, _, surname = (identity.display_name or "").partition(" ")
    return Profile(identity.email, name, surname, identity.display_name, identity.photo_url)


async def identify_user(
    app: int, identity: Identity, profile: Profile, *, users: Users, devices: Devices, clock: Clock
) -> Identified:
    """A user is taken over by whoever has proven the email, and by nobody else: anybody may type one. Whoever typed it
    before is logged out, and their devices are the user's no more: Firebase leaves them the account, and voids their
    password alone.

    Raises EmailTaken for an email that another user has.
    """
    now = clock.now()
    stamp = new_id()

    def take_over(user: User) -> User:
        update: dict[str, object] = {"identity": identity.uid, "verified": True, "updated_at": now}
        return user.model_copy(update=update | ({"stamp": stamp} if _unproven(user, identity) else {}))

    async def taken_over(user: User) -> User | None:
        if _unproven(user, identity):
            await _unlink_all(app, user.id, now, devices)
        changed = await users.change(app, user.id, take_over)
        return changed and changed.after

    for _ in range(_TRIES):
        user = await users.by_identity(app, identity.uid)
        if user is not None and _proves(identity, user) and not user.verified:
            user = await taken_over(user)
        if user is not None:
            return Identified(user, created=False)
        known = await users.by_email(app, profile.email)
        if known is None:
            times = {"created_at": now, "updated_at": now}
            fresh = User(id=new_user_id(), app=app, identity=identity.uid, **times, **profile._asdict())
            fresh = fresh.model_copy(update={"verified": _proves(identity, fresh)})
            try:
                await users.create(fresh)
            except Conflict:
                continue  # a twin of this request was first
            return Identified(fresh, created=True)
        if not _proves(identity, known):
            raise EmailTaken(
                "a user of this app has this email: prove that it is yours (Firebase sends a mail to verify it, or to "
                "set a new password), then log in"
            )
        taken = await taken_over(known)
        if taken is not None:
            return Identified(taken, created=False)
    raise Conflict("too many log in as this user at this moment: try again")


def _proves(identity: Identity, user: User) -> bool:
    return identity.verified and bool(user.email) and fold_email(user.email) == fold_email(identity.email)


def _unproven(user: User, identity: Identity) -> bool:
    """Whether somebody may have logged in as the user who is not whoever has proven the email now. An imported one
    nobody has logged in as yet."""
    return user.identity is not None and not (user.verified and user.identity == identity.uid)


async def _unlink_all(app: int, user: str, now: int, devices: Devices) -> None:
    """Before the user changes: should we die in between, the next login finds what is left."""
    for _ in range(_UNLINKED // _AT_ONCE):
        found, next_ = await devices.search(app, DeviceSearch(user=user), _AT_ONCE, None)
        await asyncio.gather(*(unlink_device(app, user, device.id, now=now, devices=devices) for device in found))
        if next_ is None:
            return
    raise Unavailable("somebody linked very many devices to this user: try again until they are unlinked")
