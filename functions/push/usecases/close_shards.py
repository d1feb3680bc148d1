"""What a run that ended leaves open is closed: nobody will hear any more what became of it."""

import asyncio
from collections.abc import Sequence

from push.domain.outcome import Kind, Outcome
from push.domain.page import NOT_TRIED_AGAIN, Failure, failure_of
from push.domain.run import Run
from push.domain.shard import Shard, Source, add, with_page_unknown
from push.ports import AudienceStore, Commit, Ledger, Versioned
from push.usecases.log_page import log_given_up
from push.usecases.read_shard import still_to_try

# What one call of sweep has time for, should each be a full list of people in doubt: a second's work.
_A_CALL = 48
_AT_ONCE = 8
_KEYS_AT_ONCE = 250
_FAILURES_A_COMMIT = 500


async def close_shards(run: Run, *, ledger: Ledger, audience: AudienceStore) -> bool:
    """Unknown for good: the pages that workers died with, and who was to be tried again though FCM may have taken the
    message. Who is only put off was never sent to, and has no outcome.

    Whether all are closed; of thousands only some are, and another call goes on. Raises Stale when somebody writes a
    shard meanwhile; what is closed by then stays so."""
    closed = 0
    async for page in ledger.open(run.id):
        left = [each for each in page if each.value.page is not None or each.value.in_doubt]
        for start in range(0, len(left), _AT_ONCE):
            if closed >= _A_CALL:
                return False
            some = left[start : start + _AT_ONCE]
            ends = await asyncio.gather(*(_close(run, each, ledger, audience) for each in some), return_exceptions=True)
            for end in ends:
                if end is not None:
                    raise end
            closed += len(some)
    return True


async def _close(run: Run, found: Versioned[Shard], ledger: Ledger, audience: AudienceStore) -> None:
    shard, version = found.value, found.version
    ended = with_page_unknown(shard)
    keys = await _in_doubt(ended, ledger) if shard.in_doubt else []
    log_given_up(shard, len(keys))
    failures = await _failures(run, keys, audience)
    while len(failures) > _FAILURES_A_COMMIT:
        some, failures = failures[:_FAILURES_A_COMMIT], failures[_FAILURES_A_COMMIT:]
        shard = shard.model_copy(update={"beats": shard.beats + 1})
        version = await ledger.commit(Commit(shard, some), version)
    ended = ended.model_copy(
        update={
            "worker": None,
            "done": True,
            "beats": shard.beats + 1,
            "counts": add(ended.counts, {Kind.UNKNOWN.value: len(keys)}),
            "reasons": add(ended.reasons, {NOT_TRIED_AGAIN: len(keys)}),
        }
    )
    await ledger.commit(Commit(ended, failures), version)


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
