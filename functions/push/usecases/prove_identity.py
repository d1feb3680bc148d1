"""Somebody shows who they are, and waits after too many wrong tries."""

from push.domain.identity import Directory, Identity, NotSetUp, PasswordProof, Proof, WrongCredentials
from push.ports import Apps, Attempts, Clock, Identities
from push.usecases.limit_attempts import check_wait, user_name
from push.usecases.read_app import app_in_use


async def directory_of(app_id: int, apps: Apps) -> Directory:
    """Whose accounts an app's users have. Raises NotFound, and NotSetUp while the app does not say."""
    app = await app_in_use(app_id, apps=apps)
    if app.firebase_api_key is None:
        raise NotSetUp(
            "nobody can log in to this app yet: PUT core/app/{appId} with firebaseApiKey, the Web API key of its "
            "Firebase project, and enable the ways to log in there"
        )
    return Directory(app.firebase_project, app.firebase_api_key)


async def prove_identity(
    app: int, directory: Directory, proof: Proof, *, identities: Identities, attempts: Attempts, clock: Clock
) -> Identity:
    """Who it is. Raises WrongCredentials, the same for an email that nobody has, and TooManyRequests after ten of
    them; what `identities` raises passes."""
    name = user_name(app, proof.email) if isinstance(proof, PasswordProof) else None
    if name is not None:
        await check_wait(name, attempts=attempts, clock=clock)
    try:
        identity = await identities.sign_in(directory, proof)
    except WrongCredentials:
        if name is not None:
            await attempts.failed(name, clock.now())
        raise
    if name is not None:
        await check_wait(name, attempts=attempts, clock=clock)
    return identity
