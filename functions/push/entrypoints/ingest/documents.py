"""What people write into Firestore, as the API's own models read it: they decide what is right, here as there.

The console knows more kinds of values than JSON: times are timestamps or numbers, tags may be written as "name: value".
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from push.domain.errors import invalid
from push.entrypoints.api.bodies import validated
from push.entrypoints.api.problems import pointer
from push.entrypoints.api.schemas.schedules import ScheduleIn
from push.entrypoints.api.schemas.tags import NewTagIn
from push.entrypoints.api.schemas.templates import TemplateIn
from push.usecases.ingest_tag import NewTag
from push.usecases.prepare_schedule import NewSchedule
from push.usecases.prepare_template import NewTemplate

_TIMES = ("sendOn", "expiresAt")
_MOST_TAGS = 1_000


def read_schedule(fields: Mapping[str, Any]) -> NewSchedule:
    """Raises Invalid naming each field that is wrong."""
    body = {**fields, **_times(fields), **_tags(fields)}
    return validated(_json(body, ()), ScheduleIn).request()


def read_template(fields: Mapping[str, Any]) -> NewTemplate:
    return validated(_json({**fields, **_tags(fields)}, ()), TemplateIn).request()


def read_tag(fields: Mapping[str, Any]) -> NewTag:
    said = dict(fields)
    if "type" in said and "tagType" not in said:
        said["tagType"] = said.pop("type")
    body = validated(_json(said, ()), NewTagIn)
    return NewTag(body.tag_type, body.name, body.value, body.description or "")


def _times(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Milliseconds, from a timestamp or a number."""
    times: dict[str, Any] = {}
    for name in _TIMES:
        value = fields.get(name)
        if isinstance(value, datetime):
            times[name] = math.floor(value.replace(tzinfo=value.tzinfo or UTC).timestamp() * 1_000)
    return times


def _tags(fields: Mapping[str, Any]) -> dict[str, Any]:
    """ "Platform Name: Android" means a name and a value; without a colon it is a name alone."""
    tags = fields.get("filterTags")
    if not isinstance(tags, list) or len(tags) > _MOST_TAGS:
        return {}
    return {"filterTags": [_tag(tag) for tag in tags]}


def _tag(tag: Any) -> Any:
    if isinstance(tag, str):
        name, _, value = tag.partition(":")
        return {"name": name.strip(), "value": value.strip()}
    if isinstance(tag, Mapping) and "type" in tag and "tagType" not in tag:
        return {"tagType" if name == "type" else name: value for name, value in tag.items()}
    return tag


def _json(value: Any, steps: tuple[object, ...]) -> Any:
    """The same as JSON has it. Raises Invalid for what JSON cannot hold."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        # The console's numbers are whole ones where they look so.
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str(name): _json(each, (*steps, name)) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each, (*steps, place)) for place, each in enumerate(value)]
    kind = "a timestamp" if isinstance(value, datetime) else f"a {type(value).__name__}"
    raise invalid(pointer(steps), f"is {kind}, which cannot be sent: write a text, a number, a map or a list")
