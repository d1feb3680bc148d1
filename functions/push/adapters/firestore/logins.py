"""`logins/{key}`: whom an email or an identity of an app means, so that each means one user.

The key is a hash of app, kind and value. A login is written and deleted in its user's transaction.
"""

from typing import Any

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import VERSION
from push.domain.errors import Conflict
from push.domain.ids import Keys
from push.domain.user import User


class Logins:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def of(self, app: int, user: User) -> dict[str, str]:
        """The kinds of what a user is found by, by key."""
        return {self._keys.login(app, kind, value): kind for kind, value in user.logins}

    async def holder(self, app: int, kind: str, value: str) -> str | None:
        """The id of the user that is found by it."""
        snapshot = await self._database.read(self.document(self._keys.login(app, kind, value)))
        return str(snapshot.get("user")) if snapshot.exists else None

    async def check(self, transaction: Any, user: User, logins: dict[str, str]) -> None:
        """Raises Conflict where one of them is another user's."""
        for key, kind in logins.items():
            snapshot = await self.document(key).get(transaction=transaction)
            if snapshot.exists and snapshot.get("user") != user.id:
                raise Conflict(f"another user of this app has this {kind}: log in as that one, or use another {kind}")

    def document(self, key: str) -> Any:
        return self._database.client.document(f"logins/{key}")


def login_document(user: User) -> dict[str, Any]:
    return {"v": VERSION, "user": user.id}
