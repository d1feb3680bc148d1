"""Lists, page by page: a table on a terminal, lines elsewhere, and one JSON document that is never held as a whole."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from infra.halo.client import Page
from infra.halo.output import Output


def show(
    out: Output,
    pages: Iterable[Page],
    columns: Mapping[str, Callable[[Any], str]],
    right: Sequence[str] = (),
    spare: Sequence[str] = (),
    none: str = "None found.",
    kept: Callable[[Any], Any] = lambda item: item,
) -> None:
    """`kept` is what scripts may see of an item."""
    if out.as_json:
        _write(out, pages, kept)
        return
    head, found, cursor = True, 0, None
    for items, after in pages:
        if items:
            rows = [[read(item) for read in columns.values()] for item in items]
            out.table([*columns], rows, right, spare, head=head)
        head, found, cursor = False, found + len(items), after
    if cursor is not None:
        out.note(f"There are more: --cursor {cursor} goes on, --all shows them all.")
    elif not found:
        out.note(none)


def _write(out: Output, pages: Iterable[Page], kept: Callable[[Any], Any]) -> None:
    """`{"items": [...], "nextCursor": ...}`, as the pages come."""
    write, first, cursor = out.out.file.write, True, None
    for items, after in pages:
        cursor = after
        for item in items:
            write(('{"items": [' if first else ", ") + json.dumps(kept(item)))
            first = False
    write(('{"items": [' if first else "") + f'], "nextCursor": {json.dumps(cursor)}}}\n')
