"""A shard's targets, in order, from wherever its cursor stands."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import suppress

from push.domain.audience import AudienceKind
from push.domain.canary import CANARY
from push.domain.keyspace import KeyRange, cut
from push.domain.page import Entry
from push.domain.run import Run
from push.domain.shard import PAGE_SIZE, Shard, Source
from push.ports import AudienceStore, Runs

_AT_ONCE = 250
# Reading goes on while a page is sent, and waits when it is this far ahead.
_PAGES_AHEAD = 1
_SOURCES = {
    AudienceKind.EVERYBODY: Source.RANGE,
    AudienceKind.ALIASES: Source.ALIASES,
    AudienceKind.USERS: Source.USERS,
}


def source_of(run: Run) -> Source:
    """Where the planned shards of a run read."""
    return _SOURCES[run.audience.kind]


def keys_of(run: Run, shard: str) -> KeyRange:
    """The part of the key space that a planned shard of a broadcast reads."""
    return KeyRange("", run.canary) if shard == CANARY else cut(int(shard), run.shards, run.canary)


async def read_pages(
    run: Run, shard: Shard, *, audience: AudienceStore, runs: Runs, ending: asyncio.Event
) -> AsyncGenerator[list[Entry], None]:
    """Pages of at most PAGE_SIZE entries after the shard's cursor, read ahead of whoever takes them. An empty one comes
    when the process has to end: so nobody who waits for a page misses that."""
    queue: asyncio.Queue[list[Entry] | None] = asyncio.Queue()
    ahead = asyncio.Semaphore(_PAGES_AHEAD)

    async def read() -> None:
        try:
            async for page in _paged(_entries(run, shard, audience, runs)):
                await ahead.acquire()
                queue.put_nowait(page)
        finally:
            queue.put_nowait(None)

    async def end() -> None:
        await ending.wait()
        queue.put_nowait([])

    reader, ender = asyncio.create_task(read()), asyncio.create_task(end())
    try:
        while (page := await queue.get()) is not None:
            ahead.release()
            yield page
        await reader
    finally:
        for task in (reader, ender):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


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
        keys = keys_of(run, shard.id)
        return audience.scan(run.app, run.audience.groups, keys, shard.cursor, run.stale_before)
    return _listed(run, shard, audience, runs)


async def _listed(run: Run, shard: Shard, audience: AudienceStore, runs: Runs) -> AsyncIterator[list[Entry]]:
    """Entries of a list. A position is the item's place and the target's key, so who has many targets may be cut by
    the end of a page and gone on with."""
    items = await runs.list_items(run.id, shard.list_id or shard.id)
    first = int(shard.cursor.partition(":")[0] or 0)
    for start in range(first, len(items), _AT_ONCE):
        some = items[start : start + _AT_ONCE]
        # Leftovers are keys, which name nobody.
        named = [""] * len(some) if shard.source is Source.LEFTOVERS else some
        async for found in _found(run, shard.source, some, audience):
            placed = [
                # "~" sorts behind every key: a device that appears later is not counted a second time.
                entry._replace(position=f"{start + offset:06d}:{entry.key or '~'}", named=named[offset])
                for offset, entries in found
                for entry in entries
            ]
            yield [entry for entry in placed if entry.position > shard.cursor]


async def _found(
    run: Run, source: Source, items: Sequence[str], audience: AudienceStore
) -> AsyncIterator[Iterable[tuple[int, list[Entry]]]]:
    """Batches of what items of a list mean: places among the items, and their entries."""
    if source is Source.USERS:
        async for found in audience.by_users(run.app, items, run.audience.groups):
            yield [found]
    elif source is Source.ALIASES:
        yield enumerate(await audience.by_aliases(run.app, items, run.audience.groups))
    else:
        yield enumerate([entry] for entry in await audience.by_keys(run.app, items))
