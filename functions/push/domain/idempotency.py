"""A request that may come twice, and is to be done once (IETF, *The Idempotency-Key HTTP Header Field*).

The key, together with who sent it, names the schedule: creating it decides which of two requests was first. What was
answered is remembered for 30 days, whatever becomes of the schedule.
"""

import hashlib
import json

from pydantic import BaseModel, ConfigDict

from push.domain.account import Caller
from push.domain.schedule import DAY_MS, Schedule

REMEMBERED_MS = 30 * DAY_MS


class Remembered(BaseModel):
    """`id` names who sent which key; `request` is a hash of what was asked for, `answer` what was stored then."""

    model_config = ConfigDict(frozen=True)

    id: str
    request: str
    answer: Schedule
    expire_at: int


def memory_id(caller: Caller, key: str) -> str:
    """64 hex digits. Callers never meet in each other's keys."""
    kind = "app" if caller.is_app else "account"
    return hashlib.sha256(f"{kind}\0{caller.subject}\0{key}".encode()).hexdigest()


def schedule_id(memory: str) -> str:
    return memory[:24]


def fingerprint(request: BaseModel) -> str:
    """The same for two requests that ask for the same, in whatever order their fields came.

    Without what was not said: a release that knows one field more must still know the requests of the one before."""
    said = request.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
