"""How projects may be sent to, in memory."""

from fakes.runs import FakeRuns
from push.domain.pace import Pacing
from push.domain.run import Run
from push.ports import Versioned

_ABOUT_MS = 2_000


class FakePace:
    """`pacings` is what operators and `hold` have set."""

    def __init__(self, runs: FakeRuns) -> None:
        self.runs = runs
        self.pacings: dict[str, Pacing] = {}

    async def look(self, run: str, project: str) -> tuple[Versioned[Run] | None, Pacing]:
        return await self.runs.get(run), self.pacings.get(project, Pacing())

    async def hold(self, project: str, until: int) -> bool:
        pacing = self.pacings.get(project, Pacing())
        if (pacing.not_before or 0) >= until - _ABOUT_MS:
            return False
        self.pacings[project] = pacing.model_copy(update={"not_before": until})
        return True
