"""What an app lets its phones bring in and report, on the wire."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from push.domain.app import ReceiptMode, Receipts
from push.domain.device import MAX_TAGS
from push.entrypoints.api.schemas.wire import Answer, Wire

_Many = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]


class LimitsIn(Wire):
    """What the app's clients may bring in; accounts are not limited. Unsaid: 100 tags on a device, 1,000 new devices
    and 300 new tags an hour from each address, and no limit for the whole app. Hours are counted roughly."""

    model_config = ConfigDict(extra="forbid")

    tags_per_device: Annotated[int, Field(strict=True, ge=1, le=MAX_TAGS)] | None = None
    new_devices_per_hour: Annotated[_Many, Field(description="in the whole app")] | None = None
    new_devices_per_address_per_hour: _Many | None = None
    new_tags_per_hour: Annotated[_Many, Field(description="in the whole app, instead of each address")] | None = None


_AT_A_RATE: Any = {
    "required": ["mode", "rate"],
    "properties": {"mode": {"const": ReceiptMode.SAMPLED.value}, "rate": {"type": "number"}},
}
_WITHOUT_RATE: Any = {
    "properties": {"mode": {"not": {"const": ReceiptMode.SAMPLED.value}}, "rate": {"type": "null"}},
}


class ReceiptsIn(Wire):
    """Which phones' reports that a message arrived are kept; opens and dismissals always are. `rate`: the share of
    devices, with `sampled`. Holds for notifications that are accepted from then on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"oneOf": [_AT_A_RATE, _WITHOUT_RATE]})

    mode: ReceiptMode
    rate: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _sampled_at_a_rate(self) -> "ReceiptsIn":
        if self.mode is ReceiptMode.SAMPLED and self.rate is None:
            raise ValueError("must say at which rate receipts are sampled: more than 0, at most 1")
        if self.mode is not ReceiptMode.SAMPLED and self.rate is not None:
            raise ValueError("must have a rate with the mode sampled only")
        return self


class LimitsOut(Answer):
    tags_per_device: int | None = None
    new_devices_per_hour: int | None = None
    new_devices_per_address_per_hour: int | None = None
    new_tags_per_hour: int | None = None


class ReceiptsOut(Answer):
    mode: ReceiptMode
    rate: float | None = None


def receipts_out(receipts: Receipts) -> ReceiptsOut:
    return ReceiptsOut(mode=receipts.mode, rate=receipts.rate if receipts.mode is ReceiptMode.SAMPLED else None)
