"""The `payload` of a schedule or template, as HALO's clients write it, checked and normalised.

Empty texts mean absent: HALO's own examples send every field as "". What could crash an SDK is refused here, once.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from push.domain.data import TWO_FACTOR, Data
from push.domain.notification import Notification
from push.domain.texts import present


class Payload(BaseModel):
    """Notification and data together. Without text to show it is silent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notification: Notification = Notification()
    data: Data = Data()

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        return present(value)

    @model_validator(mode="after")
    def _something_to_show(self) -> "Payload":
        self.check_shown()
        return self

    def check_shown(self) -> None:
        """Raises ValueError for a notification of which nothing could be read."""
        if not self.silent and not self.notification.empty and not self.has_text:
            raise ValueError("a notification needs a title or a body; for a silent one set data.content_available to 1")

    @property
    def has_text(self) -> bool:
        return bool(self.notification.title or self.notification.body)

    @property
    def silent(self) -> bool:
        """Nothing is shown: asked for, or nothing to show (a 2_FACTOR message is shown by the SDK)."""
        return self.data.content_available or (self.notification.empty and self.data.type != TWO_FACTOR)
