"""`accounts/{key}`: the key is a hash of the name, so that a name exists once."""

from push.adapters.firestore.client import Database
from push.adapters.firestore.codec import Codec
from push.adapters.firestore.errors import translated
from push.domain.account import Account
from push.domain.ids import Keys

_CODEC = Codec(Account, times=("created_at",))


class FirestoreAccounts:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    async def get(self, username: str) -> Account | None:
        snapshot = await self._database.read(self._document(username))
        return _CODEC.decode(snapshot.to_dict()) if snapshot.exists else None

    async def put(self, account: Account) -> None:
        with translated():
            await self._document(account.username).set(_CODEC.encode(account))

    def _document(self, username: str):  # type: ignore[no-untyped-def]  # the client ships no types
        return self._database.client.document(f"accounts/{self._keys.account(username)}")
