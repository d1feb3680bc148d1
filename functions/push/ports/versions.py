from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Versioned(NamedTuple, Generic[T]):
    """A document with its version, and for how long it has not been written (ms, by the store's clock)."""

    value: T
    version: Any
    age_ms: int


class Unreadable(NamedTuple):
    """A document that this release cannot read but for this: a newer one's, or broken by hand."""

    id: str
    wake_at: int


class Due(NamedTuple, Generic[T]):
    """What is to be looked at, now or some time."""

    found: list[Versioned[T]]
    unreadable: list[Versioned[Unreadable]]

    @property
    def total(self) -> int:
        return len(self.found) + len(self.unreadable)


class Before(NamedTuple, Generic[T]):
    """What a change made of a document."""

    before: T
    after: T
