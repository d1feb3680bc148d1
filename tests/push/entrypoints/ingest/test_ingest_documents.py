"""What Firestore holds becomes what the API would have been sent, and an event names a document."""

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from push.domain.errors import Invalid, Malformed
from push.domain.tag import TagType
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.entrypoints.ingest.function import _editor, _written
from push.ports.console import Kind


def event(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw, "query_string": b""})


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("schedules/abc", (Kind.SCHEDULES, "abc")),
        ("templates/with%20a%20space", (Kind.TEMPLATES, "with a space")),
        ("tags/t", (Kind.TAGS, "t")),
    ],
)
def test_an_event_names_its_document(document: str, named: Any) -> None:
    assert _written(event(ce_document=document)) == named


@pytest.mark.parametrize("document", ["", "runs/abc", "schedules", "schedules/", "schedules/a/b/c", "%ff"])
def test_what_is_no_event_of_ours_is_not_asked_for_again(document: str) -> None:
    with pytest.raises(Malformed):
        _written(event(ce_document=document))


def test_who_edited_is_who_the_event_says_or_somebody_at_the_console() -> None:
    assert _editor(event(ce_authid="ann%40example.org")).subject == "console:ann@example.org"
    assert _editor(event()).subject == "console"


def test_the_consoles_own_kinds_of_values_are_understood() -> None:
    read = read_schedule(
        {
            "appId": 2.0, "name": "x", "sendOn": datetime(2030, 1, 1, 0, 0, 0, 999_999, UTC),
            "expiresAt": 1_893_460_000_000.0,
            "filterTags": ["Platform Name : Android", "Beta", {"name": "Size", "value": "m", "type": TagType.USER}],
            "payload": {"notification": {"title": "T", "badge": 3.0}, "data": {"extra": {"deep": [1.5]}}},
        }
    )  # fmt: skip
    assert (read.app, read.send_on, read.expires_at) == (2, 1_893_456_000_999, 1_893_460_000_000)
    assert [(tag.name, tag.value, tag.type) for tag in read.filter_tags] == [
        ("Platform Name", "Android", None), ("Beta", "", None), ("Size", "m", TagType.USER),
    ]  # fmt: skip
    assert read.payload is not None
    assert read.payload.data.extra == {"deep": [1.5]}


@pytest.mark.parametrize("value", [b"bytes", float("nan"), float("inf"), datetime(2030, 1, 1, tzinfo=UTC), object()])
def test_what_json_cannot_hold_is_named(value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        read_schedule({"appId": 2, "name": "x", "payload": {"data": {"a": {"b": [value]}}}})
    assert refused.value.errors[0].pointer == "/payload/data/a/b/0"


def test_a_list_of_too_many_tags_is_refused_as_the_api_does() -> None:
    with pytest.raises(Invalid, match="filterTags"):
        read_schedule({"appId": 2, "name": "x", "filterTags": ["a: b"] * 2_000})


def test_a_tag_and_a_template_need_no_more_than_a_name() -> None:
    assert read_tag({"name": "Gold"}) == (TagType.USER, "Gold", "", "")
    assert read_tag({"name": "Gold", "type": TagType.DEVICE.value}).type is TagType.DEVICE
    assert read_template({"name": "Offer", "silent": True}).silent
