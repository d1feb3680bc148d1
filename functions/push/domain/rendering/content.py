"""All that a message says, on whichever platform."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from push.domain.payload import Payload

_COLLAPSE_BYTES = 64


class AndroidDisplay(StrEnum):
    """Who shows a notification on Android: HALO's SDK from `data`, or Firebase from a notification block."""

    DATA = "data"
    NOTIFICATION = "notification"


class Content(BaseModel):
    """All that a message says, frozen when its schedule was accepted. `content` names what was published."""

    model_config = ConfigDict(frozen=True)

    schedule_id: str
    name: str
    payload: Payload | None = None
    template: str | None = None
    content: str | None = None
    android_display: AndroidDisplay = AndroidDisplay.DATA

    @property
    def silent(self) -> bool:
        return self.payload is None or self.payload.silent

    @property
    def collapse_key(self) -> str:
        """What makes two copies of a message one, where a platform can: the sender's own tag, or the schedule's id. It
        travels as a header, so what cannot stand in one does not."""
        tag = self.payload.notification.tag if self.payload else None
        fits = tag and tag.isascii() and tag.isprintable() and len(tag) <= _COLLAPSE_BYTES
        return tag if tag and fits else self.schedule_id
