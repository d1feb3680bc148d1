"""Somebody becomes a user of an app."""

from push.domain.app import Limits
from push.domain.errors import FieldError, Invalid, invalid
from push.domain.identity import Directory, EmailTaken, Identity, PasswordProof, Proof, WrongCredentials
from push.domain.limits import Limited
from push.domain.user import fold_email
from push.ports import Apps, Attempts, Clock, Devices, Identities, Users
from push.usecases.identify_user import Identified, Profile, identify_user
from push.usecases.limit_attempts import check_wait, user_name
from push.usecases.prove_identity import directory_of, prove_identity
from push.usecases.spend import Spending


async def register_user(
    app: int,
    proof: Proof,
    profile: Profile,
    *,
    apps: Apps,
    users: Users,
    identities: Identities,
    devices: Devices,
    attempts: Attempts,
    clock: Clock,
    spending: Spending | None = None,
) -> Identified:
    """Their profile; the one there was where the same person registers again, since an answer may have been lost.

    Raises EmailTaken, Invalid, WrongCredentials for a network's token, NotSetUp, NotFound for an unknown app, and
    TooManyRequests for too many wrong tries, or more new users than `spending` allows.
    """
    directory = await directory_of(app, apps)
    refusal = await spending.refusal(Limited.USERS, 1, clock.now(), Limits()) if spending else None
    if refusal is not None:
        raise refusal
    if isinstance(proof, PasswordProof):
        if fold_email(profile.email) != fold_email(proof.email):
            raise invalid("/profile/email", "must be the email to log in with")
        identity = await _signed_up(app, directory, proof, users, identities, attempts, clock)
    else:
        identity = await prove_identity(app, directory, proof, identities=identities, attempts=attempts, clock=clock)
        profile = profile._replace(email=identity.email or profile.email)
    identified = await identify_user(app, identity, profile, users=users, devices=devices, clock=clock)
    if spending and identified.created:
        await spending.made(Limited.USERS, 1, clock.now(), Limits())
    return identified


async def _signed_up(
    app: int,
    directory: Directory,
    proof: PasswordProof,
    users: Users,
    identities: Identities,
    attempts: Attempts,
    clock: Clock,
) -> Identity:
    """A new identity, or the one of who has this email and knows its password."""
    await check_wait(user_name(app, proof.email), attempts=attempts, clock=clock)
    if await users.by_email(app, proof.email) is None:
        try:
            return await identities.sign_up(directory, proof)
        except Invalid as error:
            raise Invalid(error.detail, [FieldError(f"/auth{e.pointer}", e.message) for e in error.errors]) from None
        except EmailTaken:
            pass  # in another app of the same project, or before we died
    try:
        return await prove_identity(app, directory, proof, identities=identities, attempts=attempts, clock=clock)
    except WrongCredentials:
        raise EmailTaken("somebody has this email already: log in, or use another one") from None
