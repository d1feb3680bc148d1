"""Whom a notification did not reach, and why."""

import csv
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TextIO

import httpx
import typer

from infra.halo import lists
from infra.halo.client import Api
from infra.halo.options import After, All, AsJson, Id, Limit, of, opened
from infra.halo.texts import count
from infra.halo.trouble import Trouble, Usage

_COLUMNS = {
    name: (lambda one, name=name: one[name]) for name in ("kind", "code", "platform", "named", "device", "target")
}  # fmt: skip
# The most that the API answers in one file.
ROWS = 100_000


def failures(
    context: typer.Context,
    id: Id,
    file: Annotated[str | None, typer.Option("--csv", metavar="FILE", help="All of them; - is stdout.")] = None,
    limit: Limit = 100,
    everything: All = False,
    cursor: After = None,
    as_json: AsJson = False,
) -> None:
    """List whom one did not reach, and why."""
    if file == "-" and as_json:
        raise Usage("--csv - and --json both want stdout: say one of them.")
    with opened(context, as_json) as (api, out):
        if file is None:
            pages = api.pages(of(id) + "/failures", None if everything else limit, cursor)
            lists.show(out, pages, _COLUMNS, spare=("target", "named"), none="There are none.")
        elif file == "-":
            _copy(api, id, cursor, sys.stdout)
        else:
            rows = _save(api, id, cursor, Path(file))
            out.answer({"file": file, "rows": rows}, f"{count(rows)} failures are in {file}.")


def _save(api: Api, id: str, cursor: str | None, path: Path) -> int:
    """The file is there when all of it is."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "w", newline="", encoding="utf-8") as kept:
            rows = _copy(api, id, cursor, kept)
        os.replace(name, path)
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        Path(name).unlink(missing_ok=True)
    return rows


def _copy(api: Api, id: str, cursor: str | None, to: TextIO) -> int:
    """As many files as there are, as one. A row's first column is the cursor that goes on after it."""
    rows, head = 0, True
    while True:
        with api.stream(of(id) + "/failures", "text/csv", limit=ROWS, cursor=cursor) as response:
            got, last = _copy_file(response, to, head)
        rows, head = rows + got, False
        if got < ROWS:
            return rows
        cursor = last


def _copy_file(response: httpx.Response, to: TextIO, head: bool) -> tuple[int, str]:
    got, last = 0, ""
    write = csv.writer(to, lineterminator="\r\n").writerow
    for number, row in enumerate(csv.reader(_lines(response))):
        if number:
            got, last = got + 1, row[0]
        if number or head:
            write(row)
    return got, last


def _lines(response: httpx.Response) -> Iterator[str]:
    """With their ends, since a value may hold some."""
    rest = ""
    try:
        for text in response.iter_text():
            *whole, rest = (rest + text).split("\n")
            yield from (line + "\n" for line in whole)
    except httpx.TransportError as error:
        raise Trouble(f"The file ended too early ({type(error).__name__}): ask again.") from None
    if rest:
        yield rest
