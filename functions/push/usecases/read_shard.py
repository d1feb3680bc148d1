"""A shard's targets, in order, from wherever its cursor stands."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import suppress

from push.domain.audience import AudienceKind
from push.domain.canary import CANARY
from push.domain.keyspace import KeyRange, cut
from push.domain.page import Entry, Leftover
from push.domain.run import Run
from push.domain.shard import PAGE_SIZE, Page, Shard, Source
from push.ports import AudienceStore, Ledger, Runs

_AT_ONCE = 250
# Reading goes on while a page is sent, and waits when it is this far ahead.
_PAGES_AHEAD = 1
# A page that was inherited is cut when it has grown to more than so many: the first cut is no shorter than it was.
_MOST_TIMES = 4
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
    run: Run, shard: Shard, *, audience: AudienceStore, runs: Runs, ledger: Ledger, ending: asyncio.Event
) -> AsyncGenerator[list[Entry], None]:
    """Pages of at most PAGE_SIZE entries after the shard's cursor, read ahead of whoever takes them. A page that was
    inherited comes first and as it was, with who has come since: so that all of it has its outcome at once, and who is
    `in_doubt` is known. (Only if it has grown out of all proportion is it cut.) An empty one comes when the process has
    to end: so nobody who waits for a page misses that."""
    queue: asyncio.Queue[list[Entry] | None] = asyncio.Queue()
    ahead = asyncio.Semaphore(_PAGES_AHEAD)

    async def read() -> None:
        try:
            entries = _entries(run, shard, audience, runs, ledger)
            async for page in _paged(entries, shard):
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


def still_to_try(shard: Shard, leftovers: Sequence[Leftover]) -> Sequence[Leftover]:
    """Of the list that a shard of leftovers is made of, those who have no outcome so far."""
    return leftovers[int(shard.cursor.partition(":")[0]) + 1 :] if shard.cursor else leftovers


async def _paged(batches: AsyncIterator[list[Entry]], shard: Shard) -> AsyncIterator[list[Entry]]:
    begun = shard.page
    inherited: list[Entry] = []
    page: list[Entry] = []
    async for batch in batches:
        if begun is not None:
            count = bisect_right(batch, begun.end, key=lambda entry: entry.position)
            inherited += [_inherited(entry, shard.source, begun) for entry in batch[:count]]
            size = max(PAGE_SIZE, begun.size)
            while len(inherited) > _MOST_TIMES * size:
                yield inherited[:size]
                inherited = inherited[size:]
            if count == len(batch):
                continue
            if inherited:
                yield inherited
            inherited, begun, batch = [], None, batch[count:]
        page += batch
        while len(page) >= PAGE_SIZE:
            yield page[:PAGE_SIZE]
            page = page[PAGE_SIZE:]
    for rest in (inherited, page):
        if rest:
            yield rest


def _inherited(entry: Entry, source: Source, page: Page) -> Entry:
    """In doubt, unless it was surely not sent with its page. Leftovers were all targets once. Where an alias or user
    has none now that is taken to have been so before: most who have none never had."""
    if entry.target is None or entry.note:
        return entry._replace(in_doubt=source is Source.LEFTOVERS)
    return entry._replace(in_doubt=entry.in_doubt or entry.target.platform not in page.halted)


def _entries(run: Run, shard: Shard, audience: AudienceStore, runs: Runs, ledger: Ledger) -> AsyncIterator[list[Entry]]:
    if shard.source is Source.RANGE:
        keys = keys_of(run, shard.id)
        return audience.scan(run.app, run.audience.groups, keys, shard.cursor, run.stale_before)
    if shard.source is Source.LEFTOVERS:
        return _put_off(run, shard, audience, ledger)
    return _listed(run, shard, audience, runs)


async def _put_off(run: Run, shard: Shard, audience: AudienceStore, ledger: Ledger) -> AsyncIterator[list[Entry]]:
    """Entries of a list of leftovers. A position is the item's place and key."""
    leftovers = await ledger.leftovers(run.id, shard.own_list)
    first = len(leftovers) - len(still_to_try(shard, leftovers))
    for start in range(first, len(leftovers), _AT_ONCE):
        some = leftovers[start : start + _AT_ONCE]
        entries = await audience.by_keys(run.app, [each.key for each in some])
        yield [
            entry._replace(position=_position(start + place, entry), in_doubt=each.in_doubt)
            for place, (each, entry) in enumerate(zip(some, entries, strict=True))
        ]


async def _listed(run: Run, shard: Shard, audience: AudienceStore, runs: Runs) -> AsyncIterator[list[Entry]]:
    """Entries of a list. A position is the item's place and the target's key, so who has many targets may be cut by
    the end of a page and gone on with."""
    items = await runs.list_items(run.id, shard.own_list)
    first = int(shard.cursor.partition(":")[0] or 0)
    for start in range(first, len(items), _AT_ONCE):
        some = items[start : start + _AT_ONCE]
        async for found in _found(run, shard.source, some, audience):
            placed = [
                entry._replace(position=_position(start + offset, entry), named=some[offset])
                for offset, entries in found
                for entry in entries
            ]
            yield [entry for entry in placed if entry.position > shard.cursor]


def _position(place: int, entry: Entry) -> str:
    # "~" sorts behind every key: a device that appears later is not counted a second time.
    return f"{place:06d}:{entry.key or '~'}"


async def _found(
    run: Run, source: Source, items: Sequence[str], audience: AudienceStore
) -> AsyncIterator[Iterable[tuple[int, list[Entry]]]]:
    """Batches of what items of a list mean: places among the items, and their entries."""
    if source is Source.USERS:
        async for found in audience.by_users(run.app, items, run.audience.groups):
            yield [found]
    else:
        yield enumerate(await audience.by_aliases(run.app, items, run.audience.groups))
