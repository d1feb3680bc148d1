"""What people in the console are told, in plain words, in the document that they wrote."""

from collections.abc import Iterable, Mapping
from typing import Any

from push.domain.errors import PushError
from push.domain.jsontext import unescape
from push.ports import Console
from push.ports.console import Kind, Written

INVALID = "invalid"
# Characters: whoever has made hundreds of mistakes begins with the first.
_MOST = 2_000


async def tell_problem(
    error: PushError,
    kind: Kind,
    id: str,
    written: Written,
    *,
    console: Console,
    new: bool,
    still: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:
    """What must be corrected. A document that is no schedule, template or tag yet is `new`, and its state says that it
    is invalid; of others, `still` says what is in force meanwhile. `more` is written as well. Nothing is written that
    stands there already."""
    told = {"problem": "; ".join([*_sentences(error), *([still] if still else [])])[:_MOST]} | dict(more or {})
    if new:
        told["state"] = INVALID
    if any(written.fields.get(name) != text for name, text in told.items()):
        await console.tell(kind, id, told, written.version)


async def take_back_problem(kind: Kind, id: str, written: Written, *, console: Console) -> None:
    """What was wrong has been taken back."""
    if written.fields.get("problem") is not None:
        await console.tell(kind, id, {"problem": None}, written.version)


def said(fields: Mapping[str, Any], ours: frozenset[str]) -> dict[str, Any]:
    """What people have written: neither `ours`, nor what they were told, nor empty."""
    ignored = ours | {"problem", "notice"}
    return {name: value for name, value in fields.items() if name not in ignored and value is not None}


def listed(fields: Iterable[str]) -> str:
    return ", ".join(sorted(fields))


def _sentences(error: PushError) -> list[str]:
    return [f"{_place(pointer)}: {message}" for pointer, message in error.errors] or [error.detail]


def _place(pointer: str) -> str:
    """A JSON pointer as people write it: filterTags[0], payload.notification.sound."""
    place = ""
    for step in pointer.removeprefix("/").split("/"):
        place += f"[{step}]" if step.isdecimal() and place else f".{unescape(step)}" if place else unescape(step)
    return place or "document"
