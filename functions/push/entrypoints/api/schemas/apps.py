"""Apps on the wire (contract §2)."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from push.domain.app import AliasPolicy, App, Limits, ReceiptMode, Receipts
from push.domain.device import MAX_TAGS
from push.domain.rendering import AndroidDisplay
from push.entrypoints.api.schemas.wire import Answer, IntId, Name, Wire
from push.usecases.change_secrets import AddedSecret

MAX_SOUNDS = 100
# Fields of our own answers, so that an app that was read may be put back as it is.
READ_ONLY = frozenset({"clients", "createdAt"})

_Many = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
_Sound = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Project = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.:-]{2,62}$", description="the id of a Firebase project")]


class LimitsIn(Wire):
    """What the app's clients may bring in; no limit of the app's own where nothing is said."""

    model_config = ConfigDict(extra="forbid")

    tags_per_device: Annotated[int, Field(strict=True, ge=1, le=MAX_TAGS)] | None = None
    new_devices_per_hour: _Many | None = None
    new_devices_per_address_per_hour: _Many | None = None
    new_tags_per_hour: _Many | None = None


_AT_A_RATE: Any = {
    "required": ["mode", "rate"],
    "properties": {"mode": {"const": ReceiptMode.SAMPLED.value}, "rate": {"type": "number"}},
}
_WITHOUT_RATE: Any = {
    "properties": {"mode": {"not": {"const": ReceiptMode.SAMPLED.value}}, "rate": {"type": "null"}},
}


class ReceiptsIn(Wire):
    """Which phones may report that a message arrived. `rate`: the share of devices, with `sampled`."""

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


class AppChangeIn(Wire):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    id: IntId | None = None
    name: Name | None = None
    firebase_project: _Project | None = None
    android_display: AndroidDisplay | None = None
    alias_policy: AliasPolicy | None = None
    client_may_push: Annotated[bool, Field(strict=True)] | None = None
    sounds: Annotated[list[_Sound], Field(max_length=MAX_SOUNDS)] | None = None
    limits: LimitsIn | None = None
    receipts: ReceiptsIn | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_only_is_ignored(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if k not in READ_ONLY} if isinstance(value, dict) else value

    def fields(self) -> dict[str, Any]:
        """What is said of an app, but for its id."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name != "id"}
        if self.sounds is not None:
            said["sounds"] = tuple(dict.fromkeys(self.sounds))
        if self.limits is not None:
            said["limits"] = Limits(**self.limits.model_dump())
        if self.receipts is not None:
            rate = 1.0 if self.receipts.rate is None else self.receipts.rate
            said["receipts"] = Receipts(mode=self.receipts.mode, rate=rate)
        return {name: value for name, value in said.items() if value is not None}


class AppIn(AppChangeIn):
    """`id`: an integer, or the next free one. By default: `data`, `locked`, clients may not push, all receipts."""

    name: Name
    firebase_project: _Project


class SecretOut(Answer):
    """Of a secret that is kept: never the secret itself."""

    id: str
    created_at: int


class ClientOut(Answer):
    id: str
    secrets: list[SecretOut]


class LimitsOut(Answer):
    tags_per_device: int | None = None
    new_devices_per_hour: int | None = None
    new_devices_per_address_per_hour: int | None = None
    new_tags_per_hour: int | None = None


class ReceiptsOut(Answer):
    mode: ReceiptMode
    rate: float | None = None


class AppOut(Answer):
    id: int
    name: str
    firebase_project: str
    android_display: AndroidDisplay
    alias_policy: AliasPolicy
    client_may_push: bool
    sounds: list[str]
    limits: LimitsOut
    receipts: ReceiptsOut
    clients: list[ClientOut]
    created_at: int


class NewSecretOut(Answer):
    """The only answer that ever holds `clientSecret`."""

    id: str
    client_id: str
    client_secret: str
    created_at: int


def app_out(app: App) -> AppOut:
    sampled = app.receipts.mode is ReceiptMode.SAMPLED
    return AppOut(
        id=app.id,
        name=app.name,
        firebase_project=app.firebase_project,
        android_display=app.android_display,
        alias_policy=app.alias_policy,
        client_may_push=app.client_may_push,
        sounds=list(app.sounds),
        limits=LimitsOut(**app.limits.model_dump()),
        receipts=ReceiptsOut(mode=app.receipts.mode, rate=app.receipts.rate if sampled else None),
        clients=[
            ClientOut(id=c.id, secrets=[SecretOut(id=s.id, created_at=s.created_at) for s in c.secrets])
            for c in app.clients
        ],
        created_at=app.created_at,
    )


def new_secret_out(added: AddedSecret) -> NewSecretOut:
    secret = added.secret
    return NewSecretOut(id=secret.id, client_id=added.client, client_secret=added.plain, created_at=secret.created_at)
