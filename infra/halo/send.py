"""Sending: from a template or from words, to whom it is meant for, surely once."""

import uuid
from typing import Annotated, Any

import typer

from infra.halo import moments, templates
from infra.halo.audience import audience, reached_before
from infra.halo.client import Api
from infra.halo.options import App, AsJson, Yes, around, confirm, opened
from infra.halo.texts import moment
from infra.halo.trouble import LostAnswer, Unreachable, Usage
from infra.halo.watch import follow

_Texts = list[str] | None
_SOON_S = 5


def send(
    context: typer.Context,
    app: App,
    name: Annotated[str, typer.Option("--name", help="What you call it.")],
    template: Annotated[str | None, typer.Option("--template", help="Its id or name.")] = None,
    title: Annotated[str | None, typer.Option("--title")] = None,
    body: Annotated[str | None, typer.Option("--body")] = None,
    data: Annotated[_Texts, typer.Option("--data", metavar="KEY=VALUE", help="For the app.")] = None,
    alias: Annotated[_Texts, typer.Option("--alias", help="To the device of this alias.")] = None,
    aliases_from: Annotated[
        str | None, typer.Option("--aliases-from", metavar="FILE", help="One a line; - is stdin.")
    ] = None,
    user: Annotated[_Texts, typer.Option("--user", help="To all devices of this identified user.")] = None,
    tag: Annotated[
        _Texts, typer.Option("--tag", help='"Name: value": values of one name mean any, different names all.')
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help='"2026-12-01 09:00", ISO 8601, or +10m from now.')] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="The same; +2h counts from --at. A day later unless said.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Save it only.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="And watch it until it is over.")] = False,
    key: Annotated[
        str | None, typer.Option("--key", help="An Idempotency-Key of your own: the same again sends nothing twice.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send a notification.

    To everybody, unless --alias, --aliases-from, --user or --tag say to whom.

    With --watch, --json writes one object a line.
    """
    if draft and watch:
        raise Usage("A draft is not sent, so there is nothing to --watch.")
    now = around(context).now()
    to = audience(alias or (), aliases_from, user or (), tag or ())
    request: dict[str, Any] = {"appId": app, "name": name, **to}
    request |= _times(at, expires, now) | _payload(title, body, data)
    if draft:
        request["draft"] = True
    with opened(context, as_json) as (api, out):
        if template is not None:
            request["template"] = templates.find(api, template)
        if not to and not draft and not yes:
            _confirm(context, api, app, name)
        one = _post(api, request, key, again=_repeated(at, expires, request))
        if watch and as_json:
            follow(api, out, one["id"])
            return
        out.answer(one, _said(one, now) + ("" if watch else _next(one)))
        if watch:
            follow(api, out, one["id"])


def _confirm(context: typer.Context, api: Api, app: int, name: str) -> None:
    here = around(context)
    if not here.somebody():
        raise Usage("This goes to everybody: say --yes, or to whom (--alias, --aliases-from, --user, --tag).")
    confirm(here, f'Send "{name}" to everybody who uses app {app} ({reached_before(api, app)})?')


def _post(api: Api, request: dict[str, Any], key: str | None, again: str) -> Any:
    used = key or f"halo-{uuid.uuid4().hex}"
    try:
        return api.post("api/push/schedule", request, key=used)
    except LostAnswer as trouble:
        raise LostAnswer(f"{trouble} Nobody knows whether it was accepted: {_once(used, again)}") from None
    except Unreachable as trouble:
        if trouble.status is None:
            raise
        unsure = f"{trouble} Whether it was accepted is not sure: {_once(used, again)}"
        raise Unreachable(unsure, trouble.status) from None


def _once(key: str, again: str) -> str:
    return f"the same command with --key {key}{again} sends it, and not twice."


def _repeated(at: str | None, expires: str | None, request: dict[str, Any]) -> str:
    """What must be said differently so that the same is asked again: moments that count from now."""
    said = [("--at", at, "sendOn"), ("--expires", expires, "expiresAt")]
    later = [(option, request[field]) for option, text, field in said if text and moments.is_later(text)]
    return "".join(f' {option} "{moments.exact(ms)}"' for option, ms in later)


def _times(at: str | None, expires: str | None, now: float) -> dict[str, int]:
    times = {}
    if at is not None:
        times["sendOn"] = moments.parse(at, "--at", now)
    if expires is not None:
        since = times["sendOn"] / 1000 if at is not None else now
        times["expiresAt"] = moments.parse(expires, "--expires", now, since)
    return times


def _payload(title: str | None, body: str | None, data: _Texts) -> dict[str, Any]:
    """Nothing where nothing is said: without a template that is a silent one."""
    shown = {field: text for field, text in (("title", title), ("body", body)) if text is not None}
    told = {}
    for each in data or ():
        key, equals, value = each.partition("=")
        if not key or not equals:
            raise Usage(f"--data {each} has no key or value: say it like --data url=app://wines.")
        told[key] = value
    payload = {group: fields for group, fields in (("notification", shown), ("data", told)) if fields}
    return {"payload": payload} if payload else {}


def _said(one: Any, now: float) -> str:
    named = f'"{one["name"]}" ({one["id"]})'
    if one["state"] == "draft":
        return f"Saved {named} as a draft."
    if one["state"] != "scheduled":  # accepted earlier, with this key
        return f"Accepted {named}, which is {one['state']} by now."
    later = one["sendOn"] / 1000 > now + _SOON_S
    return f"Accepted {named}, " + (f"due {moment(one['sendOn'])}." if later else "on its way.")


def _next(one: Any) -> str:
    if one["state"] == "draft":
        return f" POST api/push/schedule/{one['id']}/send sends it."
    return f" halo watch {one['id']} shows how far it is."
