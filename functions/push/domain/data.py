"""What the app gets beside the notification: the `data` of a payload."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from push.domain import jsontext
from push.domain.texts import Text, as_text, present

LAYOUTS = frozenset("default top left right bottom background expanded".split())
TWO_FACTOR = "2_FACTOR"

# Keys that HALO's SDKs read from the message themselves. Android unpacks `extra` over them, so `extra` may not hold
# them; in `data` they would stand in for what belongs into `notification`.
SDK_KEYS = frozenset(
    "scheduleId content_available isSilent type title body icon sound badge color click_action image extra url "
    "template".split()
)
_FCM_KEYS = frozenset({"from", "message_type", "aps"})
_FCM_PREFIXES = ("google", "gcm")


def _known_layout(value: str) -> str:
    if value not in LAYOUTS:
        raise ValueError(f"must be one of {', '.join(sorted(LAYOUTS))}")
    return value


class Image(BaseModel):
    """Android crashes on an image without both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(min_length=1)
    layout: Annotated[str, AfterValidator(_known_layout), WithJsonSchema({"enum": sorted(LAYOUTS)})]


_SILENT = (1, "1", True, "true")
_SHOWN = (0, "0", False, "false", "", None)


def _flag(value: Any) -> Any:
    if value in _SHOWN:
        return False
    if value in _SILENT:
        return True
    raise ValueError("must be 1 for a silent notification, or 0")


def _object(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = jsontext.read(value)
        except ValueError:
            raise ValueError("must be a JSON object, or a text that holds one") from None
    if not isinstance(value, dict):
        raise ValueError("must be a JSON object, or a text that holds one")
    taken = sorted(SDK_KEYS & value.keys())
    if taken:
        raise ValueError(f"{', '.join(taken)}: these keys are the SDK's own, and Android would overwrite them")
    return value


_EXTRA = {
    "anyOf": [{"type": "object", "propertyNames": {"not": {"enum": sorted(SDK_KEYS)}}}, {"enum": ["", None]}],
    "description": "an object, or a text that holds one; Android unpacks it over the other keys",
}
_FIELDS = {"url", "content_available", "image", "extra", "type"}
_KEYS: Any = {
    "not": {"enum": sorted((SDK_KEYS | _FCM_KEYS) - _FIELDS)},
    "pattern": rf"^(?!{'|'.join(_FCM_PREFIXES)}|__[\s\S]*__$)[\s\S]+$",
}
_Custom = Annotated[
    str,
    BeforeValidator(as_text),
    WithJsonSchema({"description": "passed on: a text as it is, anything else as JSON text"}, mode="validation"),
]


class Data(BaseModel):
    """What the app gets beside the notification. Keys other than the named ones are passed on as text."""

    model_config = ConfigDict(frozen=True, extra="allow", json_schema_extra={"propertyNames": _KEYS})
    # Custom values are text from here on: what is stored, sent and answered is the same.
    __pydantic_extra__: dict[str, _Custom]

    url: Text = None
    content_available: Annotated[
        bool, BeforeValidator(_flag), WithJsonSchema({"enum": [*_SILENT, *_SHOWN]}, mode="validation")
    ] = False
    image: Image | None = None
    extra: Annotated[
        dict[str, Any] | None,
        BeforeValidator(lambda value: None if value in ("", None) else _object(value)),
        WithJsonSchema(_EXTRA, mode="validation"),
    ] = None
    type: Annotated[str | None, BeforeValidator(lambda value: None if value in ("", None) else as_text(value))] = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        return present(value)

    @model_validator(mode="after")
    def _keys_free(self) -> "Data":
        for key in self.model_extra or {}:
            if key in SDK_KEYS:
                raise ValueError(f"{key}: this key is the SDK's own; what is shown belongs into notification")
            if key in _FCM_KEYS or key.startswith(_FCM_PREFIXES):
                raise ValueError(f"{key}: FCM or Apple keeps this key for itself; choose another name")
            if not key or (key.startswith("__") and key.endswith("__")):
                raise ValueError(f"{key!r}: Firestore cannot store this key; choose another name")
        if self.type == TWO_FACTOR:
            if self.content_available:
                raise ValueError("a 2_FACTOR message is never silent: leave out content_available")
            if not self.custom.get("code"):
                raise ValueError("a 2_FACTOR message needs a code")
            if self.extra and "code" in self.extra:
                raise ValueError("extra.code would overwrite the code of a 2_FACTOR message")
        return self

    @property
    def custom(self) -> dict[str, str]:
        return dict(self.__pydantic_extra__ or {})
