"""The `ingest` function: Eventarc calls it for each write of a document that people edit in the Firebase console.

One trigger each for `schedules/{id}`, `templates/{id}` and `tags/{id}`. Events may come twice, late and out of order,
so what they say happened is not read: the document's name is, and who wrote it (CloudEvents' HTTP binding, binary
mode; Eventarc, *Firestore events with auth context*). Names that no header can hold, such as one that ends with a
space, come in the Pub/Sub message that carried the event.
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from push import logs
from push.bootstrap import Container
from push.domain.account import Caller, Right
from push.domain.errors import Malformed
from push.entrypoints.ingest.documents import read_schedule, read_tag, read_template
from push.entrypoints.private import answered, serve
from push.ports.console import Kind
from push.usecases.ingest_schedule import ingest_schedule
from push.usecases.ingest_tag import ingest_tag
from push.usecases.ingest_template import ingest_template
from push.usecases.tasks import Answer

_MODE, _BINDING = "__GCP_CloudEventsMode", "CE_PUBSUB_BINDING"
# What Pub/Sub carries at most.
_MOST_BYTES = 10_000_000


async def ingest(request: Request) -> Response:
    return await serve(request, _ingest)


async def _ingest(request: Request, ports: Container) -> Response:
    event = await _attributes(request)
    kind, id = _written(event)
    editor = _editor(event)
    await {
        Kind.SCHEDULES: partial(ingest_schedule, editor, id, read_schedule, ports=ports),
        Kind.TEMPLATES: partial(ingest_template, editor, id, read_template, ports=ports),
        Kind.TAGS: partial(ingest_tag, editor, id, read_tag, ports=ports),
    }[kind]()
    logs.event("document-ingested", "DEBUG", kind=kind.value, document=id)
    return answered(Answer.DONE)


async def _attributes(request: Request) -> Mapping[str, str]:
    """CloudEvents' attributes, by names such as `ce-document`. Raises Malformed."""
    if "ce-document" in request.headers or request.query_params.get(_MODE) != _BINDING:
        return {name: unquote(value) for name, value in request.headers.items() if name.startswith("ce-")}
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise Malformed("an event's message is at most 10 MB")
    try:
        found: Any = json.loads(body)["message"]["attributes"]
        return {str(name): str(value) for name, value in found.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("this is not the Pub/Sub message of an event") from error


def _written(event: Mapping[str, str]) -> tuple[Kind, str]:
    """Raises Malformed for what is no such event: it will never be one, so it is not asked for again."""
    kind, _, id = event.get("ce-document", "").partition("/")
    if kind not in list(Kind) or not id or "/" in id:
        raise Malformed("this function is called by Eventarc, for documents in schedules, templates and tags")
    return Kind(kind), id


def _editor(event: Mapping[str, str]) -> Caller:
    """Whoever may write the document may do so: the rules, or the project's own rights, have decided that."""
    who = event.get("ce-authid", "")[:200]
    return Caller(subject=f"console:{who}" if who else "console", role="console", rights=frozenset(Right))
