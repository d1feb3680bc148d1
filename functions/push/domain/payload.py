"""The `payload` of a schedule or template, as HALO's clients write it (contract §4), checked and normalised.

Empty texts mean absent: HALO's own examples send every field as "". What could crash an SDK is refused here, once.
"""

import json
import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from push.domain import jsontext

SOUNDS = frozenset(
    "adara alya antimony argon ariel beryllium blip carme castor ceres chime cobalt cyanmessage dontpanic elara "
    "element europa f1_missedcall f1_new_sms fluorine hello hojus ivory mira modular moto natural organic ping "
    "pixiedust pizzicato proxima radon rhea selenium sirius tada tethys upsilon voila default".split()
)
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
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
MAX_BADGE = 2**31 - 1
_TITLE_ARGS = {"title_loc_args", "title-loc-args"}


def as_text(value: Any) -> str:
    """A custom value as FCM carries it: texts as they are, everything else as JSON text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def present(value: Any) -> Any:
    """An object without its nulls: to HALO's clients null means absent."""
    return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


def _absent_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _number_as_text_too(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value) else value


def _known_layout(value: str) -> str:
    if value not in LAYOUTS:
        raise ValueError(f"must be one of {', '.join(sorted(LAYOUTS))}")
    return value


def _known_color(value: str) -> str:
    if not _COLOR.fullmatch(value):
        raise ValueError("must look like #rrggbb")
    return value


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = jsontext.read(value)
        except ValueError:
            raise ValueError("must be a JSON array of texts, or a text that holds one") from None
    texts = isinstance(value, list | tuple) and all(
        isinstance(v, str | int | float) and not isinstance(v, bool) for v in value
    )
    if not texts:
        raise ValueError("must be a JSON array of texts, or a text that holds one")
    return tuple(str(v) for v in value) or None


Text = Annotated[str | None, BeforeValidator(_absent_if_empty)]
Texts = Annotated[
    tuple[str, ...] | None,
    BeforeValidator(lambda value: None if value in ("", None) else _texts(value)),
]
_Color = Annotated[
    str, AfterValidator(_known_color), WithJsonSchema({"type": "string", "pattern": f"^{_COLOR.pattern}$"})
]


class Image(BaseModel):
    """Android crashes on an image without both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(min_length=1)
    layout: Annotated[str, AfterValidator(_known_layout), WithJsonSchema({"enum": sorted(LAYOUTS)})]


class Notification(BaseModel):
    """What is shown. `sound` is checked against the app's own list as well, where the app is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    title: Text = None
    body: Text = None
    icon: Text = None
    sound: Text = None
    badge: Annotated[
        Annotated[int, Field(ge=0, le=MAX_BADGE, strict=True)] | None,
        BeforeValidator(_number_as_text_too),
        BeforeValidator(_absent_if_empty),
    ] = None
    tag: Text = None
    color: Annotated[_Color | None, BeforeValidator(_absent_if_empty)] = None
    click_action: Text = None
    body_loc_key: Text = None
    body_loc_args: Texts = None
    title_loc_key: Text = None
    title_loc_args: Annotated[Texts, Field(validation_alias=AliasChoices("title_loc_args", "title-loc-args"))] = None

    @model_validator(mode="before")
    @classmethod
    def _title_loc_args_once(cls, value: Any) -> Any:
        """HALO spells them in two ways, and its example sends one of them empty."""
        if not isinstance(value, dict) or not value.keys() >= _TITLE_ARGS:
            return value
        said = {name: value[name] for name in _TITLE_ARGS if value[name] not in ("", None, [])}
        if len(said) > 1:
            raise ValueError("title_loc_args and title-loc-args are one field: send one of them")
        return {name: field for name, field in value.items() if name not in _TITLE_ARGS} | said

    @model_validator(mode="after")
    def _shown_everywhere(self) -> "Notification":
        if self.body_loc_key and not self.body:
            raise ValueError("body_loc_key needs a plain body as well: Android and web show that")
        if self.title_loc_key and not self.title:
            raise ValueError("title_loc_key needs a plain title as well: Android and web show that")
        if self.body_loc_args and not self.body_loc_key:
            raise ValueError("body_loc_args need a body_loc_key: FCM refuses them alone")
        if self.title_loc_args and not self.title_loc_key:
            raise ValueError("title_loc_args need a title_loc_key: FCM refuses them alone")
        return self

    @property
    def empty(self) -> bool:
        """Nothing was filled in. HALO's own example sends a badge of 0 with everything else empty."""
        return all(value is None or (name == "badge" and value == 0) for name, value in self)


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
    "type": ["object", "null"],
    "propertyNames": {"not": {"enum": sorted(SDK_KEYS)}},
    "description": "an object, or a text that holds one; Android unpacks it over the other keys",
}
_FIELDS = {"url", "content_available", "image", "extra", "type"}
_KEYS: Any = {
    "not": {"enum": sorted((SDK_KEYS | _FCM_KEYS) - _FIELDS)},
    "pattern": f"^(?!{'|'.join(_FCM_PREFIXES)}|__)[^\\x00]+$",
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
