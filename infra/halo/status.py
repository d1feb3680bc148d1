"""How the service is."""

from collections.abc import Iterator
from typing import Any

import typer

from infra.halo.options import AsJson, opened
from infra.halo.texts import count, moment
from infra.halo.trouble import Trouble

# Times are milliseconds since 1970 everywhere in the API; names of moments end so.
_MOMENT = ("At", "asOf")
_LEAST_MS = 10**11


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show how the service is."""
    with opened(context, as_json) as (api, out):
        try:
            answer = api.get("api/status")
        except Trouble as trouble:
            if trouble.status == 404:
                raise Trouble(f"{api.address} is an older release, which has no api/status yet.", 404) from None
            raise
        if as_json:
            out.document(answer)
            return
        out.fields(dict(_flat(answer)))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every value with the way to it, whatever a release has to tell."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for number, inner in enumerate(value):
            label = inner.get("name", number) if isinstance(inner, dict) else number
            yield from _flat(inner, f"{name}.{label}")
    elif isinstance(value, list):
        yield name, ", ".join(map(_said, value)) or "none"
    else:
        yield name, moment(value) if _is_moment(name, value) else _said(value)


def _is_moment(name: str, value: Any) -> bool:
    return isinstance(value, int) and value >= _LEAST_MS and name.endswith(_MOMENT)


def _said(value: Any) -> str:
    if value is None or value == {}:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return count(value) if isinstance(value, int) else str(value)
