"""An app's client gets a secret, or loses one."""

from typing import NamedTuple

from push.domain.account import Caller
from push.domain.app import MAX_SECRETS, App, Client, ClientSecret, hash_secret, new_secret, with_secret, without_secret
from push.domain.audit import Action
from push.domain.errors import Conflict, NotFound
from push.domain.ids import new_id
from push.ports import Apps, Audit, Before, Clock
from push.usecases.read_app import UNKNOWN, staying
from push.usecases.record_change import record_change


class AddedSecret(NamedTuple):
    """`plain` is told once and kept nowhere."""

    client: str
    secret: ClientSecret
    plain: str


async def add_secret(caller: Caller, id: int, *, apps: Apps, audit: Audit, clock: Clock) -> AddedSecret:
    """The others stay good, so that clients can be changed one after the other.

    Raises NotFound, and Conflict when there are too many to be a change, or the app is being deleted.
    """
    plain = new_secret()
    secret = ClientSecret(hash=hash_secret(plain), created_at=clock.now())
    spare = Client(id=new_id(), secrets=())

    def decide(app: App) -> App:
        if sum(len(client.secrets) for client in staying(app).clients) >= MAX_SECRETS:
            raise Conflict(f"the app has {MAX_SECRETS} secrets: revoke one first")
        return with_secret(app, app.clients[0] if app.clients else spare, secret)

    changed = await _change(caller, id, await apps.change(id, decide), audit, clock)
    return AddedSecret(changed.clients[0].id, secret, plain)


async def revoke_secret(caller: Caller, id: int, secret_id: str, *, apps: Apps, audit: Audit, clock: Clock) -> App:
    """From now on nobody gets a token with it. Raises NotFound."""

    def decide(app: App) -> App:
        if all(secret.id != secret_id for client in app.clients for secret in client.secrets):
            raise NotFound("the app has no such secret: GET core/app/{appId} lists their ids")
        return without_secret(app, secret_id)

    return await _change(caller, id, await apps.change(id, decide), audit, clock)


async def _change(caller: Caller, id: int, changed: Before[App] | None, audit: Audit, clock: Clock) -> App:
    if changed is None:
        raise NotFound(UNKNOWN)
    await record_change(caller, Action.UPDATE, "app", str(id), *changed, audit=audit, clock=clock, app=id)
    return changed.after
