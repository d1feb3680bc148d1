"""What a use case that lists answers."""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Listed(NamedTuple, Generic[T]):
    """One page. `total` is None where counting costs more than it tells, or nobody asked."""

    items: list[T]
    total: int | None
    next: str | None
