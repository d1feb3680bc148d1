"""The Firestore client, made on first use: functions are imported before gunicorn forks."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from google.api_core import exceptions as google
from google.cloud.firestore_v1.async_transaction import async_transactional
from google.protobuf.timestamp_pb2 import Timestamp

from push.adapters.firestore.calls import Client
from push.adapters.firestore.codec import ms
from push.adapters.firestore.errors import GUARD, TRANSIENT, came_of_passing_trouble, translated
from push.adapters.firestore.streams import Streams
from push.adapters.tries import backoff_s
from push.domain.errors import Stale, Unavailable
from push.ports import Before, Versioned

T = TypeVar("T")

NANOS = 1_000_000_000

# Seconds that whoever waits for a commit or a transaction is kept waiting at most, more or less.
_COMMITTED_S = 20.0
_TRANSACTED_S = 20.0
_ATTEMPTS = 4
_OVERTAKEN = 10


class Database:
    """One Firestore database and how we write to it."""

    def __init__(self, project: str, keep_days: int = 90) -> None:
        self._project = project
        self._keep = timedelta(days=keep_days)
        self._client: Client | None = None
        self._streams = Streams()

    @property
    def client(self) -> Any:
        if self._client is None:
            self._client = Client(project=self._project)
        return self._client

    async def close(self) -> None:
        self._streams.close()
        if self._client is not None:
            await self._client._firestore_api.transport.close()
            self._client = None

    def expiry(self, moment: datetime, at_least: timedelta = timedelta()) -> datetime:
        """When what is about single devices at that moment is to be forgotten: its `expireAt`, which TTL goes by. Not
        before `at_least` is over, in which it is still worked with."""
        return moment + max(self._keep, at_least)

    async def read(self, reference: Any) -> Any:
        """A snapshot. Raises Unavailable."""
        with translated():
            return await reference.get()

    def documents(self, query: Any, timeout_s: float) -> AsyncGenerator[list[Any], None]:
        """What a long query finds, in batches of protobuf messages. Raises the errors of google.api_core."""
        return self._streams.documents(self.client, query, timeout_s)

    async def now(self) -> int:
        """The database's own clock: the read time of any read, an absent document included."""
        snapshot = await self.read(self.client.document("clock/now"))
        return ms(snapshot.read_time)

    async def transact(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """What `work` answers; it reads and then writes through the transaction that it is given, and may be called
        more than once. Raises Unavailable; then it may have been done all the same."""
        over = time.monotonic() + _TRANSACTED_S

        async def in_time(transaction: Any) -> T:
            if time.monotonic() > over:
                raise google.DeadlineExceeded("overtaken by others for too long")
            return await work(transaction)

        try:
            with translated():
                done: T = await async_transactional(in_time)(self.client.transaction(max_attempts=_OVERTAKEN))
                return done
        except (ValueError, google.GoogleAPICallError) as error:
            # The library's own: overtaken again and again, or that it could not roll back what had failed before.
            if came_of_passing_trouble(error):
                raise Unavailable("this cannot be written at the moment: try again") from error
            raise

    async def guarded(
        self, reference: Any, version: Any, fill: Callable[[Any], None], ours: Callable[[dict[str, Any]], bool]
    ) -> Any:
        """Commits what `fill` puts into a batch, whose first write is to `reference` with `version` as precondition
        (None: it must not exist yet).

        Answers the new version. A commit that had succeeded would answer its repeat with FAILED_PRECONDITION, so where
        the answer was lost, `ours` tells from the stored document whether it is what we wrote. Raises Stale, or
        Unavailable when it stays unknown.
        """
        error: Exception | None = None
        over = time.monotonic() + _COMMITTED_S
        for attempt in range(_ATTEMPTS):
            if attempt:
                if time.monotonic() > over:
                    break
                await asyncio.sleep(backoff_s(attempt))
            batch = self.client.batch()
            fill(batch)
            try:
                results = await batch.commit(retry=None)
                return results[0].update_time
            except GUARD as refused:
                if error is None:
                    raise Stale from refused
            except TRANSIENT as transient:
                error = transient
            try:
                snapshot = await reference.get(retry=None)
            except TRANSIENT:
                continue
            if snapshot.exists and ours(snapshot.to_dict()):
                return snapshot.update_time
            if (snapshot.update_time if snapshot.exists else None) != version:
                raise Stale
        raise Unavailable("Firestore does not answer; what was written is unknown") from error

    async def change(
        self, reference: Any, decode: Callable[[Any], T], encode: Callable[[T], Any], decide: Callable[[T], T]
    ) -> Before[T] | None:
        """Stores what `decide` makes of a document, in a transaction; None where there is none. What stays as it is, is
        not written."""

        async def work(transaction: Any) -> Before[T] | None:
            snapshot = await reference.get(transaction=transaction)
            if not snapshot.exists:
                return None
            before = decode(snapshot.to_dict())
            after = decide(before)
            if after != before:
                transaction.set(reference, encode(after))
            return Before(before, after)

        changed: Before[T] | None = await self.transact(work)
        return changed

    def unchanged_since(self, version: Any) -> Any:
        """The precondition that a document is still at `version`: a snapshot's update time, or one in nanoseconds."""
        if isinstance(version, int):
            version = Timestamp(seconds=version // NANOS, nanos=version % NANOS)
        return self.client.write_option(last_update_time=version)


def holds(stored: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Whether a stored document is what a commit wrote whose answer was lost."""
    return all(stored.get(name) == value for name, value in written.items())


def versioned(snapshot: Any, value: Any) -> Versioned[Any]:
    return Versioned(value, snapshot.update_time, ms(snapshot.read_time) - ms(snapshot.update_time))


def is_document_id(id: str) -> bool:
    """Whether Firestore could have a document of that id at all (Firestore, *Constraints on document IDs*)."""
    if not id or "/" in id or id in (".", "..") or (id.startswith("__") and id.endswith("__")):
        return False
    try:
        return len(id.encode()) <= 1_500
    except UnicodeEncodeError:
        return False
