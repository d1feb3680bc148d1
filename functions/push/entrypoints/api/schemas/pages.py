"""Lists as HALO pages them."""

from typing import Generic, TypeVar

from push.entrypoints.api.schemas.wire import Answer

T = TypeVar("T", bound=Answer)


class Pagination(Answer):
    """Totals are left out where counting costs more than it tells; `nextCursor` on the last page."""

    page: int
    limit: int
    offset: int
    total_items: int | None = None
    total_pages: int | None = None
    next_cursor: str | None = None

    @classmethod
    def of(cls, page: int, limit: int, offset: int, total: int | None, next_: str | None) -> "Pagination":
        pages = None if total is None else -(-total // limit)
        return cls(page=page, limit=limit, offset=offset, total_items=total, total_pages=pages, next_cursor=next_)


class Page(Answer, Generic[T]):
    """One page of any resource."""

    pagination: Pagination
    items: list[T]
