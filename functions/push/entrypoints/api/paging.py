"""How lists are paged: HALO's pages and ours by cursor (contract §1)."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query
from starlette.responses import Response

from push.domain.errors import invalid
from push.domain.ids import plausible
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

    def after(self) -> str | None:
        """The cursor of a list that goes by ids or names. Raises Invalid."""
        if self.cursor and not plausible(self.cursor):
            raise invalid("/cursor", "must be the nextCursor of an earlier page")
        return self.cursor


async def _paging(
    page: Annotated[int, Query(ge=1, le=DEEPEST, description="from 1; for what lies deep use `cursor`")] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
    cursor: Annotated[
        str | None, Query(max_length=4_096, description="`nextCursor` of the page before; `page` is ignored then")
    ] = None,
    skip: Annotated[str | None, Query(description="`true`: a bare array, without pagination")] = None,
) -> Paging:
    offset = 0 if cursor else (page - 1) * limit
    if offset > DEEPEST:
        raise invalid("/page", f"leads past {DEEPEST:,} entries: follow nextCursor with cursor instead")
    return Paging(page, limit, offset, cursor or None, skip in ("true", "1"))


PagingOf = Annotated[Paging, Depends(_paging)]


def respond_page(paging: Paging, items: Sequence[A], total: int | None, next_: str | None) -> Response:
    """The page, or the bare array."""
    if paging.bare:
        return respond_list(items)
    pagination = Pagination.of(paging.page, paging.limit, paging.offset, total, next_)
    return respond(Page[Any](pagination=pagination, items=list(items)), without_none=True)
