"""What Firestore holds becomes what the API would have been sent, and an event names a document."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from push.domain.errors import Invalid, Malformed
from push.domain.tag import TagType
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.entrypoints.ingest.function import _attributes, _editor, _written
from push.ports.console import Kind


def event(**headers: str) -> Mapping[str, str]:
    return read(b"", b"", **headers)


def read(query: bytes, body: bytes, **headers: str) -> Mapping[str, str]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": raw, "query_string": query}
    pieces = [{"type": "http.request", "body": body[at : at + 1_000_000], "more_body": True}
              for at in range(0, len(body), 1_000_000)]  # fmt: skip

    async def receive() -> Any:
        return pieces.pop(0) if pieces else {"type": "http.request", "body": b"", "more_body": False}

    return asyncio.run(_attributes(Request(scope, receive)))


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


BINDING = b"__GCP_CloudEventsMode=CE_PUBSUB_BINDING"


def test_a_name_that_no_header_can_hold_comes_in_the_message() -> None:
    told = {"ce-document": "schedules/100% sure ", "ce-authid": "ann@example.org"}
    found = read(BINDING, json.dumps({"message": {"attributes": told, "data": "AA=="}}).encode())
    assert _written(found) == (Kind.SCHEDULES, "100% sure ")
    assert _editor(found).subject == "console:ann@example.org"


def test_headers_are_believed_before_the_message() -> None:
    body = json.dumps({"message": {"attributes": {"ce-document": "tags/other"}}}).encode()
    assert _written(read(BINDING, body, ce_document="tags/t")) == (Kind.TAGS, "t")
    assert _written(read(BINDING, b"not read", ce_document="tags/t")) == (Kind.TAGS, "t")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"message": {"attributes": []}}', b"x" * 10_000_001])
def test_what_is_no_message_of_an_event_is_not_asked_for_again(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(BINDING, body)


def test_a_message_counts_only_where_eventarc_says_that_it_sent_one() -> None:
    body = json.dumps({"message": {"attributes": {"ce-document": "tags/t"}}}).encode()
    with pytest.raises(Malformed):
        _written(read(b"", body))


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
