"""How lists are paged: HALO's pages and ours by cursor (contract §1)."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query
from starlette.responses import Response

from push.entrypoints.api.cursors import Cursor, read_cursor, write_cursor, wrong
from push.entrypoints.api.responses import respond, respond_list
from push.entrypoints.api.schemas.pages import Page, Pagination
from push.entrypoints.api.schemas.wire import Answer
from push.usecases.listing import Listed

A = TypeVar("A", bound=Answer)

# HALO's lists have ten entries a page unless asked for more.
PAGE = 10
MOST = 100
# Firestore reads, and bills, what an offset skips.
DEEPEST = 10_000


class Paging(NamedTuple):
    """Which part of a list is asked for; `bare` without pagination, so that nothing needs to be counted."""

    page: int
    limit: int
    offset: int
    cursor: str | None
    bare: bool


async def _paging(
    page: Annotated[int, Query(ge=1, le=DEEPEST, description="from 1; for what lies deep use `cursor`")] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
    cursor: Cursor = None,
    skip: Annotated[str | None, Query(description="`true`: a bare array, without pagination")] = None,
) -> Paging:
    offset = 0 if cursor else (page - 1) * limit
    if offset > DEEPEST:
        raise wrong("page", f"leads past {DEEPEST:,} entries: follow nextCursor with cursor instead")
    after = read_cursor(cursor, str)
    return Paging(page, limit, offset, None if after is None else after[0], skip in ("true", "1"))


PagingOf = Annotated[Paging, Depends(_paging)]


def respond_page(paging: Paging, listed: Listed[Any], items: Sequence[A]) -> Response:
    """The page, or the bare array."""
    if paging.bare:
        return respond_list(items)
    next_ = None if listed.next is None else write_cursor([listed.next])
    pagination = Pagination.of(paging.page, paging.limit, paging.offset, listed.total, next_)
    return respond(Page[Any](pagination=pagination, items=list(items)), without_none=True)
