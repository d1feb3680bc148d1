"""What the emulator is told to do badly, to see whether its clients cope."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Probability = Annotated[float, Field(ge=0, le=1)]


class Behaviour(BaseModel):
    """Faults to inject, as JSON in camelCase; what is left out is the good behaviour."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", alias_generator=to_camel)

    deliver_twice: Probability = 0.0
    """How often the request of an attempt is sent twice at once; the second answer is ignored."""

    drop_answer: Probability = 0.0
    """How often a 2xx is thrown away as if it had never come, so that the task is tried again."""

    queue: str | None = None
    """The id of the only queue that misbehaves; all of them if not set."""

    tombstone_seconds: Annotated[float, Field(ge=0, le=9 * 86_400)] = 3600.0
    """How long a task's name stays taken in any queue (Quotas, *Task de-duplication window*: about an hour)."""

    def concerns(self, queue_id: str) -> bool:
        return self.queue in (None, queue_id)
