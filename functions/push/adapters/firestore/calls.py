"""How long a call to Firestore may take and how often it is tried: said here, for every call, and nowhere else.

The library's own defaults wait for up to five minutes and repeat for as long, under whoever repeats above them; by then
a caller of the API has gone, and a shard's lease has run out.
"""

from typing import Any

from google.cloud.firestore_v1.async_client import AsyncClient
from google.cloud.firestore_v1.services.firestore import async_client as generated
from google.cloud.firestore_v1.services.firestore.transports.grpc_asyncio import FirestoreGrpcAsyncIOTransport

from push.adapters.tries import Tries

# Seconds.
DEADLINES_S = {
    "batch_get_documents": 10.0,
    "batch_write": 20.0,
    "begin_transaction": 5.0,
    "commit": 10.0,
    "rollback": 2.0,
    "run_aggregation_query": 10.0,
    # All shards of a run, or a thousand devices. The audience's stream has its own.
    "run_query": 30.0,
}
_MOST = 4
_ONCE = {"rollback"}


def repeatable(request: Any) -> bool:
    """Whether a call that may have been done can be made again and leave the same. Not what is in a transaction, adds
    up, or asks that a document be new or unchanged: it would be refused because of itself, or count twice."""
    message = type(request).pb(request)
    writes = getattr(message, "writes", ())
    return not (writes and getattr(message, "transaction", b"")) and not any(map(_only_once, writes))


def _only_once(write: Any) -> bool:
    guard = write.current_document
    guarded = guard.HasField("update_time") or (guard.HasField("exists") and not guard.exists)
    return guarded or any(each.HasField("increment") for each in write.update_transforms)


class _TimedGrpcAsyncIOTransport(FirestoreGrpcAsyncIOTransport):  # type: ignore[misc]
    """What has no deadline above cannot be called. (By its name the library knows that it is asynchronous.)"""

    def _prep_wrapped_messages(self, client_info: Any) -> None:
        self._wrapped_methods = {
            getattr(self, name): self._wrap_method(
                getattr(self, name),
                default_retry=Tries(1 if name in _ONCE else _MOST, repeatable),
                default_timeout=deadline_s,
                client_info=client_info,
            )
            for name, deadline_s in DEADLINES_S.items()
        }


class Client(AsyncClient):  # type: ignore[misc]
    @property
    def _firestore_api(self) -> Any:
        return self._firestore_api_helper(_TimedGrpcAsyncIOTransport, generated.FirestoreAsyncClient, generated)
