"""How lists are paged: HALO's pages and ours by cursor."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query
from starlette.responses import Response

from push.domain.errors import invalid
from push.entrypoints.api.cursors import Cursor, read_cursor, write_cursor
from push.entrypoints.api.responses import respond, respond_list
from push.entrypoints.api.schemas.pages import Page, Pagination
from push.entrypoints.api.schemas.wire import Answer

A = TypeVar("A", bound=Answer)

# HALO's lists have ten entries a page unless asked for more.
PAGE = 10
MOST = 100
# Firestore reads, and bills, what an offset skips.
DEEPEST = 10_000


class Paging(NamedTuple):
    """Which part of a list is asked for; `bare` without pagination, so that nothing needs to be counted. `cursor` is
    as it was sent: each list knows its own."""

    page: int
    limit: int
    offset: int
    cursor: str | None
    bare: bool

    def unnumbered(self) -> None:
        """Raises Invalid for any page but the first of a list that only cursors go through."""
        if self.offset:
            raise invalid("/page", "must be 1: these are not numbered, so follow nextCursor with cursor")

    def at(self, *kinds: type[str | int], ends_in_id: bool = True) -> list[Any] | None:
        """The position to go on after, of these kinds. Raises Invalid."""
        return read_cursor(self.cursor, *kinds, ends_in_id=ends_in_id)

    def after(self) -> str | None:
        """The same where it is one id or name."""
        at = self.at(str)
        return None if at is None else str(at[0])


async def _paging(
    page: Annotated[int, Query(ge=1, le=DEEPEST, description="from 1; for what lies deep use `cursor`")] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST, description="how many a page holds at most")] = PAGE,
    cursor: Cursor = None,
    skip: Annotated[str | None, Query(description="`true`: a bare array, without pagination")] = None,
) -> Paging:
    offset = 0 if cursor else (page - 1) * limit
    if offset > DEEPEST:
        raise invalid("/page", f"leads past {DEEPEST:,} entries: follow nextCursor with cursor instead")
    return Paging(page, limit, offset, cursor or None, skip in ("true", "1"))


PagingOf = Annotated[Paging, Depends(_paging)]


def respond_page(
    paging: Paging, items: Sequence[A], total: int | None, next_: str | Sequence[str | int] | None
) -> Response:
    """The page, with a cursor to where the next one begins; or the bare array."""
    if paging.bare:
        return respond_list(items)
    at = [next_] if isinstance(next_, str) else next_
    pagination = Pagination.of(paging.page, paging.limit, paging.offset, total, write_cursor(at))
    return respond(Page[Any](pagination=pagination, items=list(items)), without_none=True)
