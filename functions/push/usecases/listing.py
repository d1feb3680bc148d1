"""What a use case that lists answers."""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
P = TypeVar("P")


class Listed(NamedTuple, Generic[T, P]):
    """One page, and where the next begins, if anywhere. `total` is None where counting costs more than it tells, or
    nobody asked."""

    items: list[T]
    total: int | None
    next: P | None
