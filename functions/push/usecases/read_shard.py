"""A shard's targets, in order, from wherever its cursor stands."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from push.domain.audience import AudienceKind
from push.domain.keyspace import cut
from push.domain.page import Entry
from push.domain.run import PAGE_SIZE, Run, Shard, Source
from push.ports import AudienceStore, Runs

_ALIASES_AT_ONCE = 250
# Reading goes on while a page is sent, and waits when it is this far ahead.
_PAGES_AHEAD = 2


def source_of(run: Run) -> Source:
    """Where the planned shards of a run read."""
    return Source.RANGE if run.audience.kind is AudienceKind.EVERYBODY else Source.ALIASES


async def read_pages(
    run: Run, shard: Shard, *, audience: AudienceStore, runs: Runs
) -> AsyncGenerator[list[Entry], None]:
    """Pages of at most PAGE_SIZE entries after the shard's cursor, read ahead of whoever takes them."""
    queue: asyncio.Queue[list[Entry] | None] = asyncio.Queue()
    ahead = asyncio.Semaphore(_PAGES_AHEAD)

    async def read() -> None:
        try:
            async for page in _paged(_entries(run, shard, audience, runs)):
                await ahead.acquire()
                queue.put_nowait(page)
        finally:
            queue.put_nowait(None)

    reader = asyncio.create_task(read())
    try:
        while (page := await queue.get()) is not None:
            ahead.release()
            yield page
        await reader
    finally:
        reader.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await reader


async def _paged(batches: AsyncIterator[list[Entry]]) -> AsyncIterator[list[Entry]]:
    page: list[Entry] = []
    async for batch in batches:
        page += batch
        while len(page) >= PAGE_SIZE:
            yield page[:PAGE_SIZE]
            page = page[PAGE_SIZE:]
    if page:
        yield page


def _entries(run: Run, shard: Shard, audience: AudienceStore, runs: Runs) -> AsyncIterator[list[Entry]]:
    if shard.source is Source.RANGE:
        return audience.scan(run.app, run.audience.groups, cut(int(shard.id), run.shards), shard.cursor)
    return _listed(run, shard, audience, runs)


async def _listed(run: Run, shard: Shard, audience: AudienceStore, runs: Runs) -> AsyncIterator[list[Entry]]:
    """Entries of a list. A position is the item's place and the target's key, so a device of many targets may be cut
    by the end of a page and gone on with."""
    items = await runs.list_items(run.id, shard.list_id or shard.id)
    first = int(shard.cursor.partition(":")[0] or 0)
    for start in range(first, len(items), _ALIASES_AT_ONCE):
        some = items[start : start + _ALIASES_AT_ONCE]
        if shard.source is Source.ALIASES:
            found = await audience.by_aliases(run.app, some, run.audience.groups)
        else:
            found = [[entry] for entry in await audience.by_keys(run.app, some)]
        placed = [
            # "~" sorts behind every key: a device that appears later is not counted a second time.
            entry._replace(position=f"{start + offset:06d}:{entry.key or '~'}")
            for offset, entries in enumerate(found)
            for entry in entries
        ]
        yield [entry for entry in placed if entry.position > shard.cursor]
