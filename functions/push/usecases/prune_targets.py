"""Targets that were not heard of for 270 days go, app by app; their devices stay, with alias and tags."""

from push import logs
from push.domain.housekeeping import Place
from push.domain.job import Step
from push.domain.pruning import UNSEEN_MS, part_of
from push.ports import Apps, AudienceStore

_AT_ONCE = 1_000


async def prune_targets(place: Place, *, apps: Apps, audience: AudienceStore) -> Step:
    """Goes on in the day's part of the key space, from the place's cursor, `app:key`. A phone that registers again
    meanwhile keeps its target. An app that is younger than that may have been imported with what another system had
    heard of its phones: they have their time to speak here."""
    app, _, after = place.cursor.partition(":")
    if not app:
        return await _next(None, apps)
    before = place.begins_at - UNSEEN_MS
    stored = await apps.get(int(app))
    if stored is None or stored.created_at > before:
        return await _next(app, apps)
    day = place.day.isoformat()
    entries, last = await audience.unseen(int(app), part_of(day), after, before, _AT_ONCE)
    gone = await audience.remove(int(app), entries)
    if gone:
        logs.event("targets-pruned", app=int(app), targets=gone, day=day)
    if last is not None:
        return Step(f"{app}:{last}", done=gone)
    return (await _next(app, apps))._replace(done=gone)


async def _next(app: str | None, apps: Apps) -> Step:
    found, _ = await apps.list(1, 0, app)
    return Step(f"{found[0].id}:" if found else None)
