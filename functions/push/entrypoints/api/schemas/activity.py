"""Activity as phones report it: unknown fields are theirs to add."""

from typing import Annotated

from pydantic import Field

from push.domain.activity import Action
from push.entrypoints.api.schemas.wire import Alias, Answer, Wire, at_most_bytes
from push.usecases.report_activity import Report

_Short = Annotated[str, Field(max_length=64), at_most_bytes(64)]


class ActivityIn(Wire):
    """`device` is an alias."""

    device: Alias
    schedule: Annotated[_Short, Field(min_length=1)]
    action: Action
    platform: _Short = ""

    def report(self, app: int | None) -> Report:
        return Report(self.schedule, self.device, self.action, self.platform, app)


class ActivityOut(Answer):
    """The same four: anything else, and iOS never tells its app of the notification."""

    device: str
    schedule: str
    action: Action
    platform: str
