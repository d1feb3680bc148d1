"""Schedules: found, shown, called off, gone on with."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from infra.halo import lists
from infra.halo.options import After, All, AnyApp, AsJson, Id, Limit, Yes, around, confirm, of, opened
from infra.halo.texts import KINDS, count, minute, moment, reported
from infra.halo.trouble import Trouble


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"
    HALTED = "halted"
    EXPIRED = "expired"


_COLUMNS = {
    "id": lambda one: one["id"],
    "app": lambda one: str(one["appId"]),
    "state": lambda one: one["state"],
    "due": lambda one: minute(one["sendOn"]),
    "to": lambda one: audience(one),
    "accepted": lambda one: _counted(one, "accepted"),
    "failed": lambda one: _counted(one, "failed"),
    "name": lambda one: one["name"],
}


def list_(
    context: typer.Context,
    state: Annotated[State | None, typer.Option("--state", help="In this state only.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="How the name begins, in any spelling.")] = None,
    app: AnyApp = None,
    limit: Limit = 20,
    everything: All = False,
    cursor: After = None,
    as_json: AsJson = False,
) -> None:
    """List notifications, newest first; with --name by name."""
    with opened(context, as_json) as (api, out):
        most = None if everything else limit
        pages = api.pages("api/push/schedule", most, cursor, state=state and state.value, name=name, appId=app)
        lists.show(out, pages, _COLUMNS, right=("app", "accepted", "failed"), spare=("to", "app", "due"))


def show(context: typer.Context, id: Id, as_json: AsJson = False) -> None:
    """Show one, and what became of it."""
    with opened(context, as_json) as (api, out):
        one = api.get(of(id))
        results = api.get(of(id) + "/results")
        told = {name: results[name] for name in ("activity", "rates", "receipts", "timings") if name in results}
        if as_json:
            out.document({**one, **told})
            return
        activity, rates = told.get("activity", {}), told.get("rates", {})
        done = {KINDS.get(kind, kind): reported(activity[kind], rates.get(kind)) for kind in activity}
        out.fields(_described(one) | done)


def cancel(context: typer.Context, id: Id, yes: Yes = False, as_json: AsJson = False) -> None:
    """Cancel one, also while it is sent."""
    with opened(context, as_json) as (api, out):
        if not yes:
            one = api.get(of(id))
            confirm(around(context), f'Cancel "{one["name"]}" of app {one["appId"]}, which is {one["state"]}?')
        # One that is cancelled already is answered as it is, so asking twice is safe.
        one = api.post(of(id) + "/cancel", again=True)
        reached = one.get("counts", {}).get("accepted", 0)
        had = f" {count(reached)} phones had it by then." if reached else ""
        out.answer(one, f'Cancelled "{one["name"]}".{had}')


def resume(context: typer.Context, id: Id, as_json: AsJson = False) -> None:
    """Go on with one that was halted."""
    with opened(context, as_json) as (api, out):
        try:
            one = api.post(of(id) + "/resume")
        except Trouble as trouble:
            if trouble.status == 409:
                state = api.get(of(id))["state"]
                raise Trouble(f"{trouble} (it is {state})", 409) from None
            raise
        out.answer(one, f'Going on with "{one["name"]}": halo watch {id} shows how far it is.')


def _described(one: Any) -> dict[str, str]:
    counts, shards = one.get("counts") or {}, one.get("shards")
    reasons = one.get("reasons") or {}
    shown = one.get("payload", {}).get("notification", {})
    return {
        "id": one["id"],
        "name": one["name"],
        "app": str(one["appId"]),
        "state": one["state"],
        "reason": one.get("reason", ""),
        "to": audience(one),
        "due": moment(one["sendOn"]),
        "expires": moment(one["expiresAt"]),
        "ended": moment(one.get("sentAt")),
        "template": one.get("template", ""),
        "title": shown.get("title", ""),
        "body": shown.get("body", ""),
        "accepted": count(counts.get("accepted", 0)),
        "failed": count(counts.get("failed", 0)),
        "because of": ", ".join(f"{code} {count(number)}" for code, number in reasons.items()),
        "shards": f"{shards['done']} of {shards['total']}" if shards else "",
    }


def audience(one: Any) -> str:
    kind, number = one["audience"]["kind"], one["audience"].get("count")
    named = kind.removesuffix("es" if kind == "aliases" else "s") if number == 1 else kind
    to = (
        kind if number is None else f"everybody, {count(number)}" if kind == "everybody" else f"{count(number)} {named}"
    )
    tags = ", ".join(f"{tag.get('name') or tag.get('id')}: {tag.get('value') or ''}" for tag in one["filterTags"])
    return f"{to} with {tags}" if tags else to


def _counted(one: Any, what: str) -> str:
    counts = one.get("counts")
    return count(counts[what]) if counts else ""
