"""What FCM refuses for everybody is not sent to the rest: a rendering, or the whole run."""

from collections.abc import Sequence

from push.domain.device import Platform
from push.domain.halting import project_refused
from push.domain.outcome import Outcome
from push.domain.run import Run
from push.domain.schedule import State
from push.ports import Ledger, Runs
from push.usecases.move_run import end_run, move_run


async def halt_run(run: Run, outcomes: Sequence[Outcome], *, runs: Runs) -> None:
    """FCM said of a page that nothing of the project can be sent; `run` is as it was read for that page. One that was
    resumed since is left alone: what was wrong then may be mended."""
    refused = [outcome.code for outcome in outcomes if outcome.refuses_project]
    reason = project_refused(run.firebase_project, refused[0], len(refused))
    await end_run(run, State.HALTED, reason, runs=runs)


async def halt_renderings(
    run: Run, rejected: set[Platform], refused: set[Platform], *, runs: Runs, ledger: Ledger
) -> None:
    """Halts those that lack a credential (`refused`), and those rejected for everybody that no shard had accepted.

    `run` is as it was read for that page: one that was resumed since is left alone."""
    if rejected:
        good = (await ledger.sums(run.id)).good
        rejected = {platform for platform in rejected if platform.value not in good}
    bad = {platform.value for platform in rejected | refused}
    if not bad:
        return

    def halt(current: Run) -> Run | None:
        together = {*current.halted_renderings, *bad}
        same = current.state is State.SENDING and current.resumed_at == run.resumed_at
        if not same or together == {*current.halted_renderings}:
            return None
        return current.model_copy(update={"halted_renderings": tuple(sorted(together))})

    await move_run(run.id, halt, runs=runs)
