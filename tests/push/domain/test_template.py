"""What a sender may say with a template, and what comes of it: for any template and any payload."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from push.domain.errors import FieldError, Invalid
from push.domain.payload import Payload
from push.domain.tag import TagRef, TagType
from push.domain.template import Message, Part, Template, check_offers, merge

WORDS = st.sampled_from(["", "a", "b"])
NOTIFICATIONS = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS, "body": WORDS, "icon": WORDS, "tag": WORDS, "click_action": WORDS, "body_loc_key": WORDS,
        "sound": st.sampled_from(["ping", "carme"]), "badge": st.integers(0, 2),
        "color": st.sampled_from(["#aaaaaa", "#bbbbbb"]),
    },
)  # fmt: skip
DATA = st.fixed_dictionaries(
    {},
    optional={
        "url": WORDS, "extra": st.sampled_from([{}, {"x": 1}, {"y": [[2]]}]), "shelf": WORDS, "row/1": WORDS,
        "image": st.sampled_from([{"url": "u", "layout": "top"}, {"url": "v", "layout": "left"}]),
    },
)  # fmt: skip
WHOLE = st.fixed_dictionaries({"notification": NOTIFICATIONS, "data": DATA})


def made(message: dict[str, Any] | None = None, **fields: Any) -> Template:
    known: dict[str, Any] = {"id": "t", "name": "Offer", "created_by": "admin", "created_at": 0, "updated_at": 0}
    return Template(**known | {"message": Message.model_validate(message or {})} | fields)


def attempted(make: Callable[..., Any], *args: Any) -> Any:
    """What `make` answers, None where it refuses."""
    try:
        return make(*args)
    except ValidationError:
        return None


def any_template(message: dict[str, Any], silent: bool, allows: list[Part]) -> Template | None:
    return attempted(lambda: made(message, silent=silent, allows=tuple(allows)))  # type: ignore[no-any-return]


PARTS = st.lists(st.sampled_from(list(Part)), unique=True, max_size=4)
TEMPLATES = st.builds(any_template, WHOLE, st.booleans(), PARTS).filter(lambda found: found is not None)
PAYLOADS = WHOLE.map(lambda whole: attempted(Payload.model_validate, whole)).filter(lambda found: found is not None)


def merged_or_refused(
    template: Template, payload: Payload, kept: Payload | None = None
) -> tuple[Payload | None, list[FieldError]]:
    try:
        return merge(template, payload, kept), []
    except Invalid as refused:
        return None, list(refused.errors)


def values(payload: Payload) -> dict[str, Any]:
    shown = {f"notification.{name}": value for name, value in payload.notification}
    data = {f"data.{name}": getattr(payload.data, name) for name in ("url", "image", "extra", "type")}
    return {name: value for name, value in (shown | data | payload.data.custom).items() if value is not None}


@settings(max_examples=40)
@given(TEMPLATES, PAYLOADS)
def test_what_is_sent_is_what_the_template_says_or_what_it_allowed_the_sender_to_say(
    template: Template, payload: Payload
) -> None:
    merged, errors = merged_or_refused(template, payload)
    assert all(error.pointer.startswith("/payload") for error in errors)
    if merged is None:
        assert errors
        return
    own, said, sent = values(template.message), values(payload), values(merged)
    assert all(value in (own.get(name), said.get(name)) for name, value in sent.items())
    assert merged.silent or not template.silent
    if not template.allows:
        assert {name: value for name, value in sent.items() if value} == {n: v for n, v in own.items() if v}
    for name, value in said.items():
        assert sent.get(name) == value or (name, value) == ("notification.badge", 0)


@settings(max_examples=40)
@given(TEMPLATES, PAYLOADS)
def test_what_was_stored_may_be_said_again_and_stays_as_it_is(template: Template, payload: Payload) -> None:
    merged, _ = merged_or_refused(template, payload)
    if merged is not None:
        assert merge(template, merged) == merged


@settings(max_examples=40)
@given(TEMPLATES, TEMPLATES, PAYLOADS)
def test_after_an_edit_of_the_template_what_a_schedule_had_is_still_its_senders_to_repeat(
    template: Template, edited: Template, payload: Payload
) -> None:
    stored, _ = merged_or_refused(template, payload)
    if stored is None:
        return
    merged, errors = merged_or_refused(edited, stored, stored)
    assert not [error for error in errors if "sender's" in error.message]
    if merged is not None:
        sent = values(merged)
        assert all(sent.get(name) == value for name, value in values(stored).items())


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        ({"notification": {"body": "x"}}, "/payload/notification/body"),
        ({"notification": {"title": "x"}}, "/payload/notification/title"),
        ({"notification": {"title": "x", "badge": 3}}, "/payload/notification/badge"),
        ({"notification": {"title": "x", "sound": "ping"}}, "/payload/notification/sound"),
        ({"notification": {"title": "x", "color": "#ffffff"}}, "/payload/notification/color"),
        ({"notification": {"title": "x", "icon": "i"}}, "/payload/notification/icon"),
        ({"data": {"url": "u"}}, "/payload/data/url"),
        ({"data": {"image": {"url": "u", "layout": "top"}}}, "/payload/data/image"),
        ({"data": {"extra": {"x": 1}}}, "/payload/data/extra"),
        ({"data": {"shelf/~": 7}}, "/payload/data/shelf~1~0"),
        ({"data": {"content_available": 1}}, "/payload/data/content_available"),
    ],
)
def test_each_part_that_is_not_the_senders_is_named(payload: dict[str, Any], pointer: str) -> None:
    template = made({"notification": {"title": "T"}})
    with pytest.raises(Invalid) as refused:
        merge(template, Payload.model_validate(payload))
    assert pointer in [error.pointer for error in refused.value.errors]


def test_an_own_title_replaces_the_templates_translated_one_too() -> None:
    message = {"notification": {"title": "T", "title_loc_key": "K", "body": "B", "body_loc_key": "L"}}
    merged = merge(made(message, allows=(Part.TEXT,)), Payload.model_validate({"notification": {"title": "Mine"}}))
    assert (merged.notification.title, merged.notification.title_loc_key) == ("Mine", None)
    assert (merged.notification.body, merged.notification.body_loc_key) == ("B", "L")


def test_a_silent_template_makes_what_is_sent_silent_whatever_it_says() -> None:
    merged = merge(made(silent=True, allows=(Part.TEXT,)), Payload.model_validate({"notification": {"title": "T"}}))
    assert (merged.silent, merged.notification.title) == (True, "T")
    assert merge(made(silent=True), None).silent


def test_a_template_to_be_shown_needs_something_to_show() -> None:
    with pytest.raises(Invalid):
        merge(made(allows=(Part.TEXT,)), None)
    with pytest.raises(ValidationError):
        made(allows=(Part.SOUND,))
    with pytest.raises(ValidationError):
        made({"data": {"content_available": 1}})


OFFERED = (TagRef(id="1", name="Colour", value="red"), TagRef(name="Size", value="L", type=TagType.USER))


@pytest.mark.parametrize(
    ("ref", "good"),
    [
        (TagRef(id="1", name="Colour", value="red"), True),
        (TagRef(name="COLOUR", value="Red"), True),
        (TagRef(id="2", name="Colour", value="red"), False),
        (TagRef(name="Colour", value="blue"), False),
        (TagRef(id="9", name="size", value="l"), True),
        (TagRef(name="size", value="l", type=TagType.DEVICE), False),
    ],
)
def test_a_template_that_offers_tags_lets_senders_filter_by_those_alone(ref: TagRef, good: bool) -> None:
    check_offers(made(silent=True), (ref,))
    template = made(silent=True, tags=OFFERED)
    if good:
        check_offers(template, (OFFERED[0], ref))
    else:
        with pytest.raises(Invalid) as refused:
            check_offers(template, (OFFERED[0], ref))
        assert [error.pointer for error in refused.value.errors] == ["/filterTags/1"]
