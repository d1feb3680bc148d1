"""What a process asks of Firestore, written down: what its queries need of indexes, and which fields it writes.

Seen where the client puts a request into bytes, which no query gets around: by the client's own calls, and by ours.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import grpc

from queries.indexes import Written
from queries.needs import Need, Sorted, needs_of

# By which environment variable a process of the stack is told to, and where (startup/sitecustomize.py).
VARIABLE = "QUERIES_RECORDED_IN"
_SERVICE = "/google.firestore.v1.Firestore/"


class Recorded(NamedTuple):
    needs: set[Need]
    written: set[Written]


@contextmanager
def recording(to: Path) -> Iterator[None]:
    """Channels that are opened meanwhile are listened to, for as long as they live."""
    note = _Notes(to)
    opened = grpc.insecure_channel, grpc.aio.insecure_channel
    grpc.insecure_channel, grpc.aio.insecure_channel = (_listening(each, note) for each in opened)
    try:
        yield
    finally:
        grpc.insecure_channel, grpc.aio.insecure_channel = opened


def environment(to: Path) -> Mapping[str, str]:
    """What makes a Python program do so from its start."""
    tests = Path(__file__).parents[1]
    return {VARIABLE: str(to), "PYTHONPATH": os.pathsep.join([str(tests / "queries" / "startup"), str(tests)])}


def read(file: Path) -> Recorded:
    """What all processes wrote there."""
    found = Recorded(set(), set())
    for line in file.read_text().splitlines():
        kind, value = json.loads(line)
        if kind == "wrote":
            found.written.add(Written(*value))
        else:
            group, everywhere, equal, contains, order = value
            needed = Need(group, everywhere, tuple(equal), contains, tuple(Sorted(*each) for each in order))
            found.needs.add(needed)
    return found


class _Notes:
    """Each thing once for a process, in a line that one write appends: several processes share the file."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self._said: set[tuple[str, Any]] = set()

    def __call__(self, request: Any, method: str) -> None:
        message = request if not hasattr(type(request), "pb") else type(request).pb(request)
        for kind, value in _facts(message, method):
            if (kind, value) not in self._said:
                self._said.add((kind, value))
                with self._to.open("a") as file:
                    file.write(json.dumps([kind, value]) + "\n")


def _facts(message: Any, method: str) -> Iterator[tuple[str, Any]]:
    if method == "RunQuery":
        yield from (("asked", need) for need in needs_of(message.structured_query))
    elif method == "RunAggregationQuery":
        query = message.structured_aggregation_query
        summed = [getattr(each, kind).field.field_path for each in query.aggregations if (kind := _sums(each))]
        yield from (("asked", need) for need in needs_of(query.structured_query, summed))
    elif method in ("Commit", "BatchWrite"):
        yield from (("wrote", written) for written in _written(message.writes))


def _sums(aggregation: Any) -> str:
    kind = str(aggregation.WhichOneof("operator"))
    return kind if kind in ("sum", "avg") else ""


def _written(writes: Iterable[Any]) -> Iterator[Written]:
    for write in writes:
        group = write.update.name.rsplit("/", 2)[-2] if write.update.name else ""
        for field, value in write.update.fields.items():
            yield Written(group, field, value.WhichOneof("value_type"))
        for transform in write.update_transforms:
            if transform.WhichOneof("transform_type") == "set_to_server_value":
                yield Written(group, transform.field_path, "timestamp_value")


def _listening(open_channel: Callable[..., Any], note: Callable[[Any, str], None]) -> Callable[..., Any]:
    def opened(*to: Any, **how: Any) -> Any:
        channel = open_channel(*to, **how)
        for kind in ("unary_unary", "unary_stream"):
            setattr(channel, kind, _noted(getattr(channel, kind), note))
        return channel

    return opened


def _noted(callable_for: Callable[..., Any], note: Callable[[Any, str], None]) -> Callable[..., Any]:
    def made(method: str, request_serializer: Any = None, *more: Any, **how: Any) -> Any:
        if not method.startswith(_SERVICE):
            return callable_for(method, request_serializer, *more, **how)
        name = method.removeprefix(_SERVICE)

        def serialized(request: Any) -> bytes:
            note(request, name)
            content: bytes = request_serializer(request)
            return content

        return callable_for(method, serialized, *more, **how)

    return made
