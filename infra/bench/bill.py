"""What is asked of Firestore and Cloud Tasks, as Google bills it, counted where it leaves for the wire.

A document that is found, or looked for in vain, is a read; a query that finds none is one as well, and a count is one
for each thousand (Firestore, *Understand billing*).
"""

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from push.bootstrap import Container

_COUNTED_AT_ONCE = 1_000
_CALLS = ("commit", "batch_write", "batch_get_documents", "run_query", "run_aggregation_query", "create_task")


@dataclass
class Bill:
    """`calls` by name. A read or write that is tried again counts once."""

    reads: int = 0
    writes: int = 0
    tasks: int = 0
    calls: Counter[str] = field(default_factory=Counter)


def transports_of(container: Container) -> tuple[Any, Any]:
    return container._database.client._firestore_api.transport, container.tasks._connected().transport


@contextmanager
def billed(*transports: Any) -> Iterator[Bill]:
    """Until the block ends; of the clients whose transports these are."""
    bill = Bill()
    before = [dict(transport._wrapped_methods) for transport in transports]
    for transport in transports:
        for method, call in list(transport._wrapped_methods.items()):
            # A transport's wrapped calls go by what they wrap, and that is an attribute of it.
            name = next((name for name in _CALLS if getattr(transport, name, None) is method), "other")
            transport._wrapped_methods[method] = _counting(bill, name, call)
    try:
        yield bill
    finally:
        for transport, calls in zip(transports, before, strict=True):
            transport._wrapped_methods.update(calls)


def _counting(bill: Bill, name: str, call: Any) -> Any:
    async def calling(request: Any, *args: Any, **kwargs: Any) -> Any:
        bill.calls[name] += 1
        bill.writes += len(getattr(request, "writes", ()))
        bill.tasks += name == "create_task"
        answer = await call(request, *args, **kwargs)
        return _read(bill, name, answer) if hasattr(answer, "__aiter__") else answer

    return calling


async def _read(bill: Bill, name: str, answers: Any) -> AsyncIterator[Any]:
    """Counted as they come: whoever wants one document does not wait for the end."""
    found, least = 0, 1
    bill.reads += least
    async for answer in answers:
        found += _cost(name, type(answer).pb(answer))
        if found > least:
            bill.reads += found - least
            least = found
        yield answer


def _cost(name: str, message: Any) -> int:
    if name == "batch_get_documents":
        return bool(message.found.name or message.missing)
    if name == "run_query":
        return bool(message.HasField("document"))
    counts = (value.integer_value for value in message.result.aggregate_fields.values())
    return sum(max(1, math.ceil(count / _COUNTED_AT_ONCE)) for count in counts)
