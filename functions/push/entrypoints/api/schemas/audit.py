"""Changes as we answer them."""

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from push.domain.audit import Action, Change
from push.entrypoints.api.schemas.wire import Answer

# Its fields are called on the wire as they are called here.
_AS_IT_IS = frozenset({"message"})


class FieldChange(Answer):
    """`***` in the place of what must not be kept; what was or is nothing is left out."""

    before: Any = None
    after: Any = None


class ChangeOut(Answer):
    """`actor` did it at `at` (ms). `changes` by field: what was made has no `before`, what is gone no `after`."""

    id: str
    at: int
    actor: str
    action: Action
    resource: str
    resource_id: str
    app_id: int | None = None
    changes: Mapping[str, FieldChange]


def change_out(change: Change) -> ChangeOut:
    return ChangeOut(
        id=change.id,
        at=change.at,
        actor=change.actor,
        action=change.action,
        resource=change.resource,
        resource_id=change.resource_id,
        app_id=change.app,
        changes={
            to_camel(name): FieldChange(before=_named(name, before), after=_named(name, after))
            for name, (before, after) in change.changes.items()
        },
    )


def _named(field: str, value: Any) -> Any:
    """What a field holds, with the names that the API knows it by."""
    if isinstance(value, dict) and field not in _AS_IT_IS:
        return {to_camel(name): _named(name, each) for name, each in value.items()}
    return value
