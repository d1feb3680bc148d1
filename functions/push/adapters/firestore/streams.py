"""A query's documents, as fast as gRPC gives them: read by the batch in threads, as protobuf messages.

Firestore sends each document as a message of its own. Through an event loop every one of them wakes two threads, which
takes four times as long as reading it; here the thread that wants a document polls for it itself.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import grpc
from google.api_core import exceptions as google
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport
from google.cloud.firestore_v1.types import firestore as types

# A page: each batch is a turn of a thread, and threads that take turns cost more than reading.
BATCH = 500
_METHOD = "/google.firestore.v1.Firestore/RunQuery"
_OPTIONS = (
    (grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1),
    ("grpc.max_receive_message_length", -1),
    # What nobody has asked for yet waits at Firestore: else gRPC takes in megabytes ahead, for each stream.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 128 * 1024),
)
# As the client's own. The emulator would hang up on whoever asks so often whether it is there.
_KEPT_ALIVE = (*_OPTIONS, ("grpc.keepalive_time_ms", 30_000))
# A thread for each stream, and a process has half as many shards at once.
_THREADS = 16
_Response = types.RunQueryResponse.pb()


class Streams:
    """One channel for all streams, made on first use: functions are imported before gunicorn forks."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="firestore-stream")
        self._channel: Any = None

    async def documents(self, client: Any, query: Any, timeout_s: float) -> AsyncGenerator[list[Any], None]:
        """Batches of BATCH documents, the last one smaller or empty. Each is the caller's, to be emptied once it is
        read: until the next one is asked for it is held here too. Raises the errors of google.api_core."""
        if self._channel is None:
            self._channel = _channel(client)
        run_query = self._channel.unary_stream(
            _METHOD,
            request_serializer=types.RunQueryRequest.serialize,
            response_deserializer=_Response.FromString,
        )
        request = types.RunQueryRequest(
            parent=query._parent._parent_info()[0], structured_query=query._to_protobuf()
        )  # fmt: skip
        call = run_query(request, metadata=client._rpc_metadata, timeout=timeout_s)
        found = (response.document for response in call if response.document.name)
        try:
            while True:
                batch = await asyncio.get_running_loop().run_in_executor(self._threads, _take, found)
                last = len(batch) < BATCH
                yield batch
                if last:
                    return
        except grpc.RpcError as error:
            raise google.from_grpc_error(error) from error
        finally:
            # Frees the thread as well, if it still waits for the next document.
            call.cancel()

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def _take(documents: Iterator[Any]) -> list[Any]:
    return list(islice(documents, BATCH))


def _channel(client: Any) -> Any:
    """As the client's own, which is for its event loop alone."""
    if client._emulator_host is not None:
        return grpc.insecure_channel(client._emulator_host, options=_OPTIONS)
    return FirestoreGrpcTransport.create_channel(client._target, credentials=client._credentials, options=_KEPT_ALIVE)
