"""Whom an identity means in an app: a user who has it, one whose email it proves, or a new one."""

from typing import NamedTuple

from push.domain.errors import Conflict
from push.domain.identity import EmailTaken, Identity
from push.domain.user import User, fold_email, new_user_id
from push.ports import Clock, Users

_TRIES = 3


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


async def identify_user(app: int, identity: Identity, profile: Profile, *, users: Users, clock: Clock) -> Identified:
    """An imported user is taken over by whoever has proven the email, and by nobody else: anybody may type one.

    Raises EmailTaken for an email that another user has.
    """
    now = clock.now()

    def take_over(user: User) -> User:
        return user.model_copy(update={"identity": identity.uid, "updated_at": now})

    for _ in range(_TRIES):
        user = await users.by_identity(app, identity.uid)
        if user is not None:
            return Identified(user, created=False)
        known = await users.by_email(app, profile.email)
        if known is None:
            fresh = User(
                id=new_user_id(), app=app, identity=identity.uid, created_at=now, updated_at=now, **profile._asdict()
            )
            try:
                await users.create(fresh)
            except Conflict:
                continue  # a twin of this request was first
            return Identified(fresh, created=True)
        if not identity.verified or fold_email(profile.email) != fold_email(identity.email):
            raise EmailTaken(
                "a user of this app has this email: prove that it is yours (Firebase sends a mail to verify it, or to "
                "set a new password), then log in"
            )
        changed = await users.change(app, known.id, take_over)
        if changed is not None:
            return Identified(changed.after, created=False)
    raise Conflict("too many log in as this user at this moment: try again")
