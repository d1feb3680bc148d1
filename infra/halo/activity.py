"""What phones do with a notification, as it comes: receipts, opens, dismissals, and failures."""

from typing import Any

import typer

from infra.halo.client import Api
from infra.halo.options import AsLines, Id, of, opened
from infra.halo.output import Output
from infra.halo.texts import KINDS, clock, count, reported
from infra.halo.watch import INTERRUPTED, patient

_EVERY_S = 2.0
# Results of one that was sent long ago change rarely.
_RARELY_S = 10.0
_SETTLED_S = 300.0
# One page of the API. Failures are in no order of time, so that with more of them only their numbers are told.
_FOLLOWED = 1_000
_LINES = 20
# A halted one may be resumed.
_ENDED = frozenset({"sent", "cancelled", "failed", "expired"})


def activity(context: typer.Context, id: Id, as_json: AsLines = False) -> None:
    """Follow what phones report of one.

    And whom it does not reach, until it has ended and expired, or Ctrl-C.
    """
    with opened(context, as_json) as (api, out):
        try:
            _tail(api, out, id)
        except KeyboardInterrupt:
            out.note("Stopped looking; phones go on reporting.")
            raise typer.Exit(INTERRUPTED) from None


def _tail(api: Api, out: Output, id: str) -> None:
    one, results, shown = api.get(of(id)), api.get(of(id) + "/results"), _Shown(out)
    while True:
        now = api.around.now()
        shown.results(results, now)
        if shown.more_failed:
            shown.failures(patient(api, out, lambda: api.get(of(id) + "/failures", limit=_FOLLOWED)), now)
        if results["state"] == "draft":
            out.note("It is a draft: nobody has it yet.")
            return
        ended = results["state"] in _ENDED
        reported = results["counts"].get("accepted", 0) and now * 1000 < one["expiresAt"]
        if ended and not reported:
            out.note("It is over: what phones report from now on, halo show tells.")
            return
        last = results.get("timings", {}).get("lastKnownAt") or 0
        settled = ended and now - last / 1000 > _SETTLED_S
        api.around.sleep(_RARELY_S if settled else _EVERY_S)
        results = patient(api, out, lambda: api.get(of(id) + "/results"))


class _Shown:
    """What was told already, so that only what is new is told."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._results: dict[str, Any] = {}
        self._targets: set[str] = set()
        self._failed = self._looked_at = 0

    @property
    def more_failed(self) -> bool:
        """Whether it is worth to look again: that reads a document for each."""
        return self._failed != self._looked_at and len(self._targets) < _FOLLOWED

    def results(self, results: Any, now: float) -> None:
        told = {name: results.get(name) for name in ("state", "reason", "counts", "reasons", "activity", "rates")}
        before, self._results = self._results, told
        self._failed = results["counts"].get("failed", 0)
        if told == before:
            return
        if self._out.as_json:
            self._out.document({"kind": "results", "id": results["id"], "at": round(now * 1000), **told})
            return
        self._out.say(f"{clock(now)}  {_sentence(told, before)}")

    def failures(self, page: Any, now: float) -> None:
        self._looked_at = self._failed
        fresh = [each for each in page["items"] if each["target"] not in self._targets]
        self._targets.update(each["target"] for each in fresh)
        if self._out.as_json:
            for each in fresh:
                self._out.document({**each, "kind": "failure", "outcome": each["kind"], "at": round(now * 1000)})
            return
        for each in fresh[:_LINES]:
            whom = each["named"] or each["device"] or each["target"]
            self._out.say(f"{clock(now)}    {each['kind']} {each['code']}  {each['platform']}  {whom}")
        if len(fresh) > _LINES:
            self._out.say(f"{clock(now)}    and {count(len(fresh) - _LINES)} more: halo failures lists them")


def _sentence(told: dict[str, Any], before: dict[str, Any]) -> str:
    counts, earlier = told["counts"], before.get("counts") or {}
    parts = [told["state"]]
    parts += [_changed(what, counts.get(what, 0), earlier.get(what, 0)) for what in ("accepted", "failed")]
    activity, rates, activity_before = told["activity"] or {}, told["rates"] or {}, before.get("activity") or {}
    for kind, what in KINDS.items():
        if activity.get(kind) is not None:
            parts.append(_changed(what, activity[kind], activity_before.get(kind, 0), rates.get(kind)))
    if told["reason"] and told["reason"] != before.get("reason"):
        parts.append(told["reason"])
    return "  ".join(parts)


def _changed(what: str, now: int, before: int, rate: float | None = None) -> str:
    more = f" (+{count(now - before)})" if before and now > before else ""
    return f"{what} {reported(now, rate)}{more}"
