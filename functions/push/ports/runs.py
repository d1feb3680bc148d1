from collections.abc import Sequence
from typing import Any, Protocol

from push.domain.idempotency import Remembered
from push.domain.run import Run
from push.domain.schedule import Schedule
from push.ports.versions import Due, Versioned


class Runs(Protocol):
    """Runs and the schedules that mirror them."""

    async def accept(
        self,
        schedule: Schedule,
        run: Run,
        lists: Sequence[Sequence[str]],
        memory: Remembered | None = None,
        over: Any = None,
    ) -> None:
        """Stores all of it in one commit, or nothing. Raises Conflict when the schedule exists, or its run, or the
        memory.

        With `over`, the version of a document that somebody wrote by hand, the schedule takes its place; then raises
        Stale when that is not at this version any more, or has a run."""

    async def remembered(self, id: str) -> Remembered | None:
        """What `accept` stored with a schedule, until it expires."""

    async def get(self, id: str) -> Versioned[Run] | None: ...

    async def move(self, run: Run, version: Any) -> Any:
        """The guarded write: stores the run and mirrors it in its schedule, whose `updated_at` is from its beginning on
        the run's `changed_at`; answers the new version.

        Raises Stale when the run is not at `version`. A schedule that somebody deleted stops nothing."""

    async def revise(
        self, schedule: Schedule, run: Run, lists: Sequence[Sequence[str]] | None, version: Any, over: Any = None
    ) -> Any:
        """The guarded write of both: stores the run, its schedule and its lists (None: as they are) in one commit;
        answers the new version. Raises NotFound when the schedule is gone, and Stale when the run is not at `version`,
        or its document is not at the version `over`, where that is given."""

    async def put_back(self, run: Run, notice: str, version: Any) -> None:
        """Makes the document of a run's schedule anew, with a notice, where somebody deleted it. Raises Stale when the
        run is not at `version`, or there is a document."""

    async def remove(self, schedule: str, run: Run | None, version: Any) -> None:
        """Deletes a schedule and stores its run, if it has one, in one commit. Raises Stale when the run is not at
        `version`."""

    async def due(self, now: int, limit: int) -> Due[Run]:
        """Runs whose `wake_at` has come, earliest first. One read where there is none."""

    async def put_off(self, id: str, until: int, version: Any) -> None:
        """Moves its `wake_at` and nothing else, whatever the run says. Raises Stale when it is not at `version`."""

    async def live_with_tag(self, tag: str) -> str | None:
        """The id of a run, scheduled or sending, whose audience names the tag; None if there is none."""

    async def live_of(self, app: int, limit: int) -> list[str]:
        """The ids of at most `limit` runs of the app that are scheduled or sending."""

    async def list_items(self, run: str, list_id: str) -> tuple[str, ...]:
        """The items of a list, () if there is none."""

    async def now(self) -> int:
        """The store's own clock."""
