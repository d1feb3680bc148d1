"""What is shown: the `notification` of a payload."""

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
from push.domain.texts import Text, absent_if_empty

SOUNDS = frozenset(
    "adara alya antimony argon ariel beryllium blip carme castor ceres chime cobalt cyanmessage dontpanic elara "
    "element europa f1_missedcall f1_new_sms fluorine hello hojus ivory mira modular moto natural organic ping "
    "pixiedust pizzicato proxima radon rhea selenium sirius tada tethys upsilon voila default".split()
)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
MAX_BADGE = 2**31 - 1
_TITLE_ARGS = {"title_loc_args", "title-loc-args"}


def _number_as_text_too(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value) else value


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


Texts = Annotated[
    tuple[str, ...] | None,
    BeforeValidator(lambda value: None if value in ("", None) else _texts(value)),
]
_Color = Annotated[
    str, AfterValidator(_known_color), WithJsonSchema({"type": "string", "pattern": f"^{_COLOR.pattern}$"})
]


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
        BeforeValidator(absent_if_empty),
    ] = None
    tag: Text = None
    color: Annotated[_Color | None, BeforeValidator(absent_if_empty)] = None
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
