"""Many writes that need no transaction, as fast as the database takes them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from google.cloud.firestore_v1 import _helpers
from google.rpc import code_pb2

from push.adapters.firestore.client import Database
from push.adapters.firestore.errors import translated
from push.adapters.firestore.raw import merging
from push.domain.errors import Unavailable

# How Firestore says that a guard refused a write: the document was written meanwhile, or is gone.
REFUSED = frozenset({code_pb2.FAILED_PRECONDITION, code_pb2.NOT_FOUND, code_pb2.ABORTED})
_WRITES_PER_CALL = 500
_CALLS_AT_ONCE = 8


class Crossed(Unavailable):
    """Others wrote the same documents at that moment: the same writes may be sent again."""


class BulkWriter:
    """Collects writes and sends them by BatchWrite: each stands for itself, in no order.

    (The client library's own BulkWriter is capped at 500 writes a second and runs in threads.)
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes: list[Any] = []

    def set(self, reference: Any, document: dict[str, Any]) -> None:
        self._writes += _helpers.pbs_for_set_no_merge(reference._document_path, document)

    def merge(self, reference: Any, fields: Mapping[str, Any], least: Mapping[str, int]) -> None:
        """Changes fields of a document and leaves the others; each of `least` becomes the smaller of what it was and
        this. Makes the document if need be."""
        self._writes.append(merging(reference, fields, least))

    def delete(self, reference: Any, version: Any) -> None:
        """Deletes what is still at `version`."""
        self._writes.append(_helpers.pb_for_delete(reference._document_path, self._database.unchanged_since(version)))

    def remove(self, reference: Any) -> None:
        """Deletes whatever is there."""
        self._writes.append(_helpers.pb_for_delete(reference._document_path, None))

    def update(self, reference: Any, fields: dict[str, Any], version: Any = None) -> None:
        """Changes fields of a document that exists; of one that is still at `version`, if that is said."""
        option = None if version is None else self._database.unchanged_since(version)
        self._writes += _helpers.pbs_for_update(reference._document_path, fields, option)

    async def flush(self, skip: frozenset[int] = frozenset()) -> list[bool]:
        """Which writes were done, in order. A write that failed with a code in `skip` was refused by its guard. Raises
        Crossed for any other that was refused, Unavailable when there was no answer at all."""
        calls = [self._writes[i : i + _WRITES_PER_CALL] for i in range(0, len(self._writes), _WRITES_PER_CALL)]
        self._writes = []
        slots = asyncio.Semaphore(_CALLS_AT_ONCE)

        async def call(writes: list[Any]) -> list[bool]:
            async with slots:
                with translated():
                    answer = await self._database.client._firestore_api.batch_write(
                        request={"database": self._database.client._database_string, "writes": writes},
                        metadata=self._database.client._rpc_metadata,
                    )
            codes = [status.code for status in answer.status]
            bad = {code for code in codes if code != code_pb2.OK and code not in skip}
            if bad:
                raise Crossed(f"Firestore refused {len(codes)} writes with {sorted(bad)}; try again")
            return [code == code_pb2.OK for code in codes]

        done = await asyncio.gather(*(call(writes) for writes in calls))
        return [each for answers in done for each in answers]
