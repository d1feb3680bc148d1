"""Watching a sending until it is over."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import typer

from infra.halo.client import Api
from infra.halo.meters import meter
from infra.halo.options import AsLines, Id, of, opened
from infra.halo.output import Output
from infra.halo.standing import Standing
from infra.halo.trouble import Unreachable

T = TypeVar("T")
INTERRUPTED = 130
_EVERY_S = 1.0
# What is due tomorrow needs no look each second; one that was moved to now is seen within these.
_RARELY_S = 15.0
# A server that is being replaced comes back; one that does not is told of.
_PATIENCE_S = 60.0


def watch(context: typer.Context, id: Id, as_json: AsLines = False) -> None:
    """Watch one until it is over.

    Ends with 0 when it was sent, with 1 when it was not. Ctrl-C ends the watching only.
    """
    with opened(context, as_json) as (api, out):
        follow(api, out, id)


def follow(api: Api, out: Output, id: str) -> None:
    """Raises typer.Exit where it was not sent, or somebody has seen enough."""
    last: Standing | None = None
    try:
        with meter(out, api.around.now) as shown:
            for last in _standings(api, out, id):
                shown.show(last)
    except KeyboardInterrupt:
        out.note(f"Stopped watching; the sending goes on. halo watch {id} looks again, halo cancel {id} ends it.")
        raise typer.Exit(INTERRUPTED) from None
    if last is not None:
        _tell(out, last)
    if last is None or last.state != "sent":
        raise typer.Exit(1)


def patient(api: Api, out: Output, ask: Callable[[], T]) -> T:
    """What `ask` answers, once it does. Raises Unreachable when that takes a minute."""
    since = api.around.now()
    told = False
    while True:
        try:
            return ask()
        except Unreachable as trouble:
            if api.around.now() - since > _PATIENCE_S:
                raise
            if not told:
                out.note(f"{trouble} Still trying.")
                told = True
            api.around.sleep(_EVERY_S)


def _standings(api: Api, out: Output, id: str) -> Iterator[Standing]:
    first: Any = api.get(of(id))
    yield (standing := Standing.of(first))
    while not standing.over:
        api.around.sleep(_interval(standing, api.around.now()))
        yield (standing := Standing.of(patient(api, out, lambda: api.get(of(id)))))


def _interval(standing: Standing, now: float) -> float:
    if standing.state != "scheduled":
        return _EVERY_S
    return min(_RARELY_S, max(_EVERY_S, standing.send_on / 1000 - now))


def _tell(out: Output, last: Standing) -> None:
    """What it came to, where no line said so: why, and what can be done."""
    if out.as_json:
        return
    if last.reason:
        out.say(last.reason)
    if last.state == "halted":
        out.note(f"halo resume {last.id} goes on once that is mended, halo cancel {last.id} ends it.")
    if last.state == "draft":
        out.note("It is a draft: nothing is sent until somebody sends it.")
