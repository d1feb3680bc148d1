"""Options that several commands have, and what opens a command: its output and, for most, the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import quote

import typer

from infra.halo.client import Api
from infra.halo.credentials import credentials
from infra.halo.output import Output
from infra.halo.surroundings import Surroundings
from infra.halo.texts import clean
from infra.halo.trouble import Trouble, Usage

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, and nothing else there.")]
AsLines = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout, and nothing else there.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the schedule.")]
App = Annotated[int, typer.Option("--app", min=0, help="Id of the app.")]
AnyApp = Annotated[int | None, typer.Option("--app", min=0, help="Of this app only.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")]
All = Annotated[bool, typer.Option("--all", help="All there are, page by page.")]
After = Annotated[str | None, typer.Option("--cursor", help="Go on where an earlier list ended.")]


def around(context: typer.Context) -> Surroundings:
    found = context.find_object(Surroundings)
    return found or Surroundings()


@contextmanager
def opened(context: typer.Context, as_json: bool) -> Iterator[tuple[Api, Output]]:
    """Raises Trouble where nobody is logged in."""
    out = Output(as_json)
    here = around(context)
    api = Api(credentials(here), here, out.note)
    try:
        yield api, out
    finally:
        api.close()


def of(id: str) -> str:
    """The path of a schedule, whatever was typed as its id."""
    if id in ("", ".", ".."):
        raise Usage("ID is empty: halo list shows ids.")
    return f"api/push/schedule/{quote(id, safe='')}"


def confirm(here: Surroundings, question: str) -> None:
    """Raises Usage where nobody would answer, Trouble for a no."""
    if not here.somebody():
        raise Usage("Nobody is there to be asked: say --yes.")
    if not typer.confirm(clean(question), err=True):
        raise Trouble("Nothing was done.")
