from typing import Protocol

from push.domain.pace import Pacing
from push.domain.run import Run
from push.ports.versions import Versioned


class Pace(Protocol):
    """How Firebase projects may be sent to. Operators set quota and reserve in the console; what cannot be read there
    is logged, and as if it were not set: it stops nothing."""

    async def look(self, run: str, project: str) -> tuple[Versioned[Run] | None, Pacing]:
        """The run, and the pace of its project, as they are at this moment: one read, before each page."""

    async def hold(self, project: str, until: int) -> bool:
        """Nothing is sent for the project until then (ms). Never moves back what stands there, and writes nothing where
        it says about the same: many workers are told at once. Whether it wrote."""
