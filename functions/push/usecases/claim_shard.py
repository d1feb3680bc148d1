"""Taking a shard: a new one, one that was let go, or one whose worker has died."""

from push.domain.errors import Stale
from push.domain.outcome import backoff_s
from push.domain.run import Run
from push.domain.schedule import OnUnknown
from push.domain.shard import Shard, with_page_unknown
from push.ports import Commit, Ledger
from push.usecases.keep_ledger import Hold
from push.usecases.log_page import log_page
from push.usecases.read_shard import source_of
from push.usecases.worker import Worker

# Cloud Tasks' clock and this machine's differ: who comes about in time is not sent away.
_EARLY_MS = 5_000


async def claim_shard(run: Run, shard_id: str, *, ledger: Ledger, worker: Worker, now: int) -> Hold | Shard | None:
    """A hold on the shard; the shard itself when it is done, or pauses; None when somebody else has it.

    Raises LookupError for a shard that the run does not have."""
    stored = await ledger.get(run.id, shard_id)
    try:
        if stored is None:
            shard = _planned(run, shard_id, worker.name, now)
            return Hold(ledger, shard, await ledger.create(shard), worker.lease_s, run.firebase_project)
        shard = stored.value
        if shard.done or (shard.worker is None and shard.resume_at > now + _EARLY_MS):
            return shard
        if shard.worker is not None and stored.age_ms < worker.lease_s * 1000:
            return None
        shard = _inherited(run, shard, worker.name, stored.age_ms)
        version = await ledger.commit(Commit(shard), stored.version)
    except Stale:
        return None
    leftovers = await ledger.leftovers(run.id, shard.filling_list)
    # When they may be tried again died with the worker; the first backoff from now is never too soon.
    due = now + int(1000 * backoff_s(shard.generation, 0))
    # Who put it off for a while has seen to everything first.
    return Hold(
        ledger, shard, version, worker.lease_s, run.firebase_project, leftovers, due,
        taken_over=not stored.value.resume_at,
    )  # fmt: skip


def _planned(run: Run, shard_id: str, worker: str, now: int) -> Shard:
    if shard_id not in run.handed_out:
        raise LookupError(shard_id)
    return Shard(
        id=shard_id, run=run.id, planned=True, source=source_of(run), due_at=now, since=now, attempt=1, worker=worker
    )  # fmt: skip


def _inherited(run: Run, shard: Shard, worker: str, age_ms: int) -> Shard:
    """A dead worker's shard. What it had begun and not recorded is unknown: counted as that, or sent again; until then
    it stays open, since the run may end first."""
    log_page("page-inherited", shard, None if shard.worker is None else age_ms)
    if run.on_unknown is OnUnknown.SKIP:
        shard = with_page_unknown(shard)
    return shard.model_copy(
        update={
            "attempt": shard.attempt + 1,
            "worker": worker,
            "beats": shard.beats + 1,
            "resume_at": 0,
        }
    )
