"""Who did not get a notification, page by page."""

from collections.abc import AsyncIterator

from push.domain.errors import NotFound
from push.domain.ids import plausible
from push.domain.page import Failure
from push.ports import Ledger, Schedules

_READ = 500


async def list_failures(
    schedule: str, limit: int, after: str | None, *, schedules: Schedules, ledger: Ledger
) -> tuple[list[Failure], str | None]:
    """In the order of their targets' keys, and the cursor of the next page. Raises NotFound."""
    if not plausible(schedule) or await schedules.get(schedule) is None:
        raise NotFound("no such schedule")
    return await ledger.failures(schedule, limit, after)


async def stream_failures(
    schedule: str, most: int, after: str | None, *, schedules: Schedules, ledger: Ledger
) -> AsyncIterator[list[Failure]]:
    """At most `most` of them, a few hundred in memory at a time. Raises NotFound, before anything is streamed."""
    page, cursor = await list_failures(schedule, min(_READ, most), after, schedules=schedules, ledger=ledger)

    async def pages() -> AsyncIterator[list[Failure]]:
        rows, next_, left = page, cursor, most
        while True:
            yield rows
            left -= len(rows)
            if next_ is None or left <= 0:
                return
            rows, next_ = await ledger.failures(schedule, min(_READ, left), next_)

    return pages()
