"""The targets of users: thirty users a query, as Firestore allows, and one by one where somebody has very many."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from push.adapters.firestore.client import Database
from push.adapters.firestore.entries import read_entry
from push.adapters.firestore.errors import translated
from push.domain.audience import MAX_DISJUNCTIONS, Groups, carries
from push.domain.ids import Keys
from push.domain.page import Entry

# Far more than the devices of thirty people.
MOST = 500


class UserTargets:
    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    async def read(self, app: int, users: Sequence[str], groups: Groups) -> AsyncIterator[tuple[int, list[Entry]]]:
        """As AudienceStore.by_users says."""
        for start in range(0, len(users), MAX_DISJUNCTIONS):
            some = users[start : start + MAX_DISJUNCTIONS]
            found = await self._page(app, some, "")
            if len(found) < MOST:
                for place, user in enumerate(some, start):
                    yield place, self._entries(user, [each for each in found if each.get("user") == user], groups)
                continue
            for place, user in enumerate(some, start):
                async for entries in self._one_by_one(app, user, groups):
                    yield place, entries

    async def _one_by_one(self, app: int, user: str, groups: Groups) -> AsyncIterator[list[Entry]]:
        found = await self._page(app, [user], "")
        yield self._entries(user, found, groups)
        while len(found) == MOST:
            found = await self._page(app, [user], found[-1].id)
            if found:
                yield self._entries(user, found, groups)

    async def _page(self, app: int, users: Sequence[str], after: str) -> list[Any]:
        """At most MOST target documents, in the order of their keys."""
        targets = self._database.client.collection(f"apps/{app}/targets")
        query = targets.where(filter=FieldFilter("user", "in", list(users))).order_by("__name__")
        if after:
            query = query.start_after({"__name__": targets.document(after)})
        with translated():
            return [snapshot async for snapshot in query.limit(MOST).stream()]

    def _entries(self, user: str, found: Sequence[Any], groups: Groups) -> list[Entry]:
        if not found:
            return [Entry("", "", None, self._keys.user(user))]
        return [read_entry(each) for each in found if carries(groups, each.get("tags"))]
