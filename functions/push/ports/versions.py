from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Versioned(NamedTuple, Generic[T]):
    """A document with its version, and for how long it has not been written (ms, by the store's clock)."""

    value: T
    version: Any
    age_ms: int


class Before(NamedTuple, Generic[T]):
    """What a change made of a document."""

    before: T
    after: T
