"""What a fresh local stack has: an app, a client that its devices log in with, an admin, and tags for the platforms."""

from functools import partial

from infra.local.secrets import Secrets
from push.bootstrap import Container
from push.domain.account import Account
from push.domain.app import App, Client, ClientSecret, SnsApplications, hash_secret
from push.domain.ids import new_id
from push.domain.tag import Tag, TagType, tag_key
from push.settings import Settings

APP_ID = 2
# HALO's SDKs bring these along with their first device; until then a filter may already name them.
PLATFORMS = ("android", "ios", "web")
API_KEY = "AIza-of-the-local-stack"
ADMIN = "admin"
_NONE = SnsApplications()


async def seed(settings: Settings, secrets: Secrets, applications: SnsApplications = _NONE) -> None:
    """Stores what is missing; what is there stays as people changed it, but for the secrets that stack.json tells.
    `applications` are the app's at Amazon SNS, if it has none."""
    ports = Container(settings)
    try:
        now = ports.clock.now()
        client = Client(
            id=secrets.client_id, secrets=(ClientSecret(hash=hash_secret(secrets.client_secret), created_at=now),)
        )
        app = await ports.apps.get(APP_ID)
        if app is None:
            project = settings.google_cloud_project
            fresh = App(id=APP_ID, name="Demo", firebase_project=project, firebase_api_key=API_KEY, created_at=now)
            await ports.apps.put(fresh.model_copy(update={"clients": (client,), "sns_applications": applications}))
        else:
            missing = () if client.id in {known.id for known in app.clients} else (client,)
            sns = applications if app.sns_applications == _NONE else app.sns_applications
            complete = app.model_copy(update={"clients": (*app.clients, *missing), "sns_applications": sns})
            if complete != app:
                await ports.apps.put(complete)
        name = "Platform Name"
        known = {value: tag_key(TagType.DEVICE, name, value) for value in PLATFORMS}
        tags = [Tag(id=key, name=name, value=value, type=TagType.DEVICE) for value, key in known.items()]
        await ports.tags.create_missing(tags)
        account = await ports.accounts.get(ADMIN)
        if account is None or not await ports.passwords.verify(account.password_hash, secrets.admin_password):
            password_hash = await ports.passwords.hash(secrets.admin_password)
            admin = partial(Account, username=ADMIN, password_hash=password_hash, role="admin", created_at=now)
            await ports.accounts.put(admin(id=account.id if account else new_id()))
    finally:
        await ports.close()
