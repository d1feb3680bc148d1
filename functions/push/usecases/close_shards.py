"""What a run that ended leaves open is closed: nobody will hear any more what became of it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from push.domain.outcome import Kind, Outcome
from push.domain.page import NOT_TRIED_AGAIN, Failure, failure_of
from push.domain.run import Run
from push.domain.shard import Shard, Source, add, with_page_unknown
from push.ports import AudienceStore, Commit, Ledger
from push.usecases.log_page import log_given_up
from push.usecases.read_shard import still_to_try

_READ_AT_ONCE = 50
_KEYS_AT_ONCE = 250
# As many as a full page has, with which the ledger commits so many anyway.
_FAILURES_A_COMMIT = 500


async def close_shards(run: Run, *, ledger: Ledger, audience: AudienceStore) -> None:
    """Unknown for good: the pages that workers died with, and who was to be tried again though FCM may have taken the
    message. Who is only put off was never sent to, and has no outcome.

    Raises Stale when somebody writes a shard meanwhile; what is closed by then stays so."""
    async for page in ledger.open(run.id):
        for start in range(0, len(page), _READ_AT_ONCE):
            some = page[start : start + _READ_AT_ONCE]
            doubted = await asyncio.gather(*(_in_doubt(with_page_unknown(each.value), ledger) for each in some))
            for each, keys in zip(some, doubted, strict=True):
                if keys or each.value.page is not None:
                    await _close(run, each.value, each.version, keys, ledger, audience)


async def _close(
    run: Run, shard: Shard, version: Any, keys: Sequence[str], ledger: Ledger, audience: AudienceStore
) -> None:
    log_given_up(shard, len(keys))
    failures = await _failures(run, keys, audience)
    while len(failures) > _FAILURES_A_COMMIT:
        some, failures = failures[:_FAILURES_A_COMMIT], failures[_FAILURES_A_COMMIT:]
        shard = shard.model_copy(update={"beats": shard.beats + 1})
        version = await ledger.commit(Commit(shard, some), version)
    closed = with_page_unknown(shard)
    count = len(keys)
    closed = closed.model_copy(
        update={
            "worker": None,
            "done": True,
            "beats": shard.beats + 1,
            "counts": add(closed.counts, {Kind.UNKNOWN.value: count}),
            "reasons": add(closed.reasons, {NOT_TRIED_AGAIN: count}),
        }
    )
    await ledger.commit(Commit(closed, failures), version)


async def _in_doubt(shard: Shard, ledger: Ledger) -> list[str]:
    """Keys among a shard's leftovers, and among those that it is made of."""
    left = [*await ledger.leftovers(shard.run, shard.filling_list)]
    if shard.source is Source.LEFTOVERS:
        left += still_to_try(shard, await ledger.leftovers(shard.run, shard.own_list))
    return [each.key for each in left if each.in_doubt]


async def _failures(run: Run, keys: Sequence[str], audience: AudienceStore) -> list[Failure]:
    outcome = Outcome(Kind.UNKNOWN, NOT_TRIED_AGAIN)
    found: list[Failure] = []
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        entries = await audience.by_keys(run.app, keys[start : start + _KEYS_AT_ONCE])
        found += [failure_of(entry, outcome) for entry in entries]
    return found
