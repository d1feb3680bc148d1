"""What a task carries, and what a function answers it."""

from enum import Enum

from pydantic import BaseModel, ConfigDict

VERSION = 1
# No job is called that.
SWEEP = "sweep"


class Task(BaseModel):
    """`id` is a run's, `run/shard`, or a job's. A task of an epoch older than its document's does nothing. For a turn
    of sweep it is `sweep/minute`, and the epoch its number."""

    model_config = ConfigDict(frozen=True, strict=True)

    v: int
    id: str
    epoch: int

    @property
    def run(self) -> str:
        return self.id.partition("/")[0]

    @property
    def shard(self) -> str:
        return self.id.partition("/")[2]


class Answer(Enum):
    """DONE: finished, or nothing to do, now and ever. BUSY: somebody else has it; ask again later."""

    DONE = 200
    BUSY = 409
