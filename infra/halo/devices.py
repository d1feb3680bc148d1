"""Devices: found by alias, tag, platform or user. What reaches a phone is never shown whole."""

from typing import Annotated, Any

import typer

from infra.halo import lists, tags
from infra.halo.options import After, All, App, AsJson, Limit, opened
from infra.halo.texts import minute, shortened

_COLUMNS = {
    "id": lambda one: one["id"],
    "alias": lambda one: one["alias"],
    "seen": lambda one: minute(one["seenAt"]),
    "state": lambda one: "dead" if one.get("dead") else "stale" if one.get("stale") else "",
    "targets": lambda one: ", ".join(_targets(one)),
    "tags": lambda one: ", ".join(f"{tag['name']}: {tag['value']}" for tag in one["tags"]),
    "user": lambda one: one.get("user", ""),
}


def devices(
    context: typer.Context,
    app: App,
    alias: Annotated[str | None, typer.Argument(metavar="[ALIAS]", help="Whole, or its beginning and a *.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help='"Name: value", or an id; all are carried.')] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="android, ios, web, adm or baidu.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Id of an identified user.")] = None,
    limit: Limit = 20,
    everything: All = False,
    cursor: After = None,
    as_json: AsJson = False,
) -> None:
    """Search an app's devices.

    All that is asked for must hold.
    """
    with opened(context, as_json) as (api, out):
        found = [tags.find(api, one) for one in tag or ()]
        pages = api.pages(
            "api/segmentation/appuser", None if everything else limit, cursor,
            appId=app, alias=alias, tag=found or None, platform=platform, user=user,
        )  # fmt: skip
        lists.show(out, pages, _COLUMNS, spare=("user",), kept=_without_tokens)


def _targets(one: Any) -> list[str]:
    tokens = [(each["platform"], each["token"]) for each in one["devices"]]
    fids = [(each["platform"], each["fid"]) for each in one.get("installations", ())]
    return [f"{platform} {shortened(value)}" for platform, value in tokens + fids]


def _without_tokens(one: Any) -> Any:
    less = {**one, "devices": [{**each, "token": shortened(each["token"])} for each in one["devices"]]}
    if "installations" in one:
        less["installations"] = [{**each, "fid": shortened(each["fid"])} for each in one["installations"]]
    return less
