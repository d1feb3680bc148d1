"""Templates: a kind of notification, what it says by itself, and what a sender may fill in."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from push.domain.errors import FieldError, Invalid, invalid
from push.domain.jsontext import escape
from push.domain.payload import Payload
from push.domain.tag import TagRef, fold


class Part(StrEnum):
    """What a template may leave to whoever sends from it. `extra` is the app's own data, custom keys included."""

    TEXT = "text"
    BADGE = "badge"
    URL = "url"
    SOUND = "sound"
    COLOR = "color"
    IMAGE = "image"
    EXTRA = "extra"


# A text in words and the same by key are one thing: who says one of them replaces all.
_TEXTS = (("title", "title_loc_key", "title_loc_args"), ("body", "body_loc_key", "body_loc_args"))
# Which part a field is; those in neither map, like an icon, are the template's own.
_SHOWN = dict.fromkeys((*_TEXTS[0], *_TEXTS[1]), Part.TEXT) | {
    "badge": Part.BADGE, "sound": Part.SOUND, "color": Part.COLOR,
}  # fmt: skip
_DATA = {"url": Part.URL, "image": Part.IMAGE, "extra": Part.EXTRA, "type": Part.EXTRA}
_LEAVE_OUT = "is not the sender's to set with this template: leave it out"


class Message(Payload):
    """A template's part of a payload, or its sender's: what is to be shown may be in the other one."""

    @model_validator(mode="after")
    def _something_to_show(self) -> "Message":
        return self

    def payload(self) -> Payload:
        """The same without what it was made from, so that equal ones are equal."""
        return Payload.model_construct(notification=self.notification, data=self.data)


class Template(BaseModel):
    """Times in ms. `tag_ids` are those that `tags` mean. Without tags a sender may filter by any."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    silent: bool = False
    allows: tuple[Part, ...] = ()
    tags: tuple[TagRef, ...] = ()
    tag_ids: tuple[str, ...] = ()
    message: Message = Message()
    created_by: str
    created_at: int
    updated_at: int
    revision: int = 1

    @model_validator(mode="after")
    def _usable(self) -> "Template":
        if self.message.data.content_available and not self.silent:
            raise ValueError("payload.data.content_available makes it silent: then silent must be true")
        if not self.silent and self.message.silent and not {Part.TEXT, Part.EXTRA} & {*self.allows}:
            raise ValueError("would never show anything: give it a title or a body, allow text, or make it silent")
        return self


def merge(template: Template, given: Payload | None, kept: Payload | None = None) -> Payload:
    """What is sent: the template's message, with what the sender says in its place where that is allowed.

    A value that is the template's own, or that a schedule had already (`kept`), may be said again. Raises Invalid
    naming each field that is not the sender's, and when nothing is left to show.
    """
    given = given or Payload()
    own = [_fields(template.message), _fields(kept or Payload())]
    said: dict[str, dict[str, Any]] = {"notification": {}, "data": {}}
    errors = []
    for (group, name), value in _fields(given).items():
        if _part(group, name) in template.allows or any(value == each.get((group, name)) for each in own):
            said[group][name] = value
        elif (name, value) != ("badge", 0):  # HALO's own example sends a badge of 0 and means none
            errors.append(FieldError(f"/payload/{group}/{escape(name)}", _LEAVE_OUT))
    if given.data.content_available and not template.silent:
        errors.append(FieldError("/payload/data/content_available", "must not be set: the template is one to be shown"))
    if errors:
        raise Invalid("the template does not allow to set this", errors)
    merged = _overlaid(template, said)
    if merged.silent and not template.silent:
        raise invalid("/payload/notification", "needs a title or a body: the template is one to be shown")
    return merged


def check_offers(template: Template, refs: tuple[TagRef, ...]) -> None:
    """Raises Invalid naming each tag that the template does not offer. References have their names filled in."""
    if template.tags:
        wrong = [index for index, ref in enumerate(refs) if not any(_same(ref, tag) for tag in template.tags)]
        if wrong:
            message = "is not one of the tags that the template offers"
            raise Invalid(f"filterTags: {message}", [FieldError(f"/filterTags/{index}", message) for index in wrong])


def _part(group: str, name: str) -> Part | None:
    return _SHOWN.get(name) if group == "notification" else _DATA.get(name, Part.EXTRA)


def _fields(payload: Payload) -> dict[tuple[str, str], Any]:
    """What a payload says, by where it says it; without its silence."""
    return {(group, name): value for group, name, value in _said(payload) if value is not None}


def _said(payload: Payload) -> Iterator[tuple[str, str, Any]]:
    for name, value in payload.notification:
        yield "notification", name, value
    named = {name: getattr(payload.data, name) for name in _DATA}
    for name, value in (named | payload.data.custom).items():
        yield "data", name, value


def _overlaid(template: Template, said: dict[str, dict[str, Any]]) -> Payload:
    whole: dict[str, dict[str, Any]] = {"notification": {}, "data": {}}
    for (group, name), value in _fields(template.message).items():
        whole[group][name] = value
    shown = whole["notification"]
    for texts in _TEXTS:
        if any(name in said["notification"] and said["notification"][name] != shown.get(name) for name in texts):
            for name in texts:
                shown.pop(name, None)
    for group, fields in said.items():
        whole[group] |= fields
    whole["data"]["content_available"] = template.silent
    try:
        return Payload.model_validate(whole)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise invalid("/payload", f"does not fit the template: {message}") from None


def _same(ref: TagRef, offered: TagRef) -> bool:
    if ref.id and offered.id:
        return ref.id == offered.id
    pairs = [(fold(each.name or ""), fold(each.value)) for each in (ref, offered)]
    return pairs[0] == pairs[1] and (not ref.type or not offered.type or ref.type == offered.type)
