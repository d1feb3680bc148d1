"""Many users at once, as they come with an import: without transactions, since nobody else is writing them."""

from collections.abc import Callable, Sequence
from typing import Any

from push.adapters.firestore.bulk import BulkWriter
from push.adapters.firestore.client import Database
from push.adapters.firestore.errors import translated
from push.adapters.firestore.logins import Logins, login_document
from push.domain.user import User


async def put_many(
    app: int, users: Sequence[User], *, database: Database, logins: Logins, encode: Callable[[User], dict[str, Any]]
) -> list[str]:
    """As Users.put_many says."""
    if not users:
        return []
    identities = await _identities(database, app, [user.id for user in users])
    wanted = [user.model_copy(update={"identity": user.identity or identities.get(user.id)}) for user in users]
    keys_of = [logins.of(app, user) for user in wanted]
    holders = await logins.holders({key for keys in keys_of for key in keys})
    writer, refused = BulkWriter(database), []
    for user, keys in zip(wanted, keys_of, strict=True):
        if any(holders.get(key, user.id) != user.id for key in keys):
            refused.append(user.id)
            continue
        holders |= dict.fromkeys(keys, user.id)
        writer.set(database.client.document(f"users/{name_of(app, user.id)}"), encode(user))
        for key in keys:
            writer.set(logins.document(key), login_document(user))
    await writer.flush()
    return refused


async def _identities(database: Database, app: int, ids: Sequence[str]) -> dict[str, str | None]:
    """Of those users that are stored already."""
    references = [database.client.document(f"users/{name_of(app, id)}") for id in dict.fromkeys(ids)]
    with translated():
        found = database.client.get_all(references, field_paths=["id", "identity"])
        return {snapshot.get("id"): snapshot.get("identity") async for snapshot in found if snapshot.exists}


def name_of(app: int, id: str) -> str:
    """A user's document among those of all apps; it sorts by id within the app."""
    return f"{app}-{id}"
