"""Templates, and the one that somebody means by its name."""

import re
from typing import Annotated

import typer

from infra.halo import lists
from infra.halo.client import PAGE, Api
from infra.halo.options import After, All, AsJson, Limit, opened
from infra.halo.trouble import Trouble

ID = re.compile(r"[0-9a-f]{24}")
_COLUMNS = {
    "id": lambda one: one["id"],
    "shows": lambda one: "nothing" if one["silent"] else one["payload"].get("notification", {}).get("title", ""),
    "a sender may set": lambda one: ", ".join(one["allows"]),
    "name": lambda one: one["name"],
}


def templates(
    context: typer.Context,
    name: Annotated[str | None, typer.Option("--name", help="How the name begins, in any spelling.")] = None,
    limit: Limit = 20,
    everything: All = False,
    cursor: After = None,
    as_json: AsJson = False,
) -> None:
    """List templates, by name."""
    with opened(context, as_json) as (api, out):
        pages = api.pages("api/push/template", None if everything else limit, cursor, name=name)
        lists.show(out, pages, _COLUMNS)


def find(api: Api, said: str) -> str:
    """The id of the template of that id or name. Raises Trouble for none, and for several."""
    if ID.fullmatch(said):
        return said
    page = next(api.pages("api/push/template", PAGE, name=said))[0]
    found = [one["id"] for one in page if one["name"].casefold() == said.strip().casefold()]
    if len(found) == 1:
        return str(found[0])
    if found:
        raise Trouble(f'{len(found)} templates are called "{said}": name one by its id, {", ".join(found)}.')
    near = ", ".join(f'"{one["name"]}"' for one in page[:5])
    hint = f"there is {near}" if near else "halo templates lists them"
    raise Trouble(f'No template is called "{said}": {hint}.')
