"""Once, what an older release left; then the day's chores, step by step, and nothing until the next day."""

from push import logs
from push.domain.errors import Unavailable
from push.domain.housekeeping import Place, day_after, place_of
from push.domain.job import Job, Step
from push.ports import Apps, AudienceStore, Console, Runs
from push.usecases.prune_targets import prune_targets
from push.usecases.renew_documents import renew_documents, walk_of


async def keep_house(
    job: Job, now: int, *, apps: Apps, audience: AudienceStore, console: Console, runs: Runs
) -> Step:  # fmt: skip
    """What cannot be done today is left, or no other day would have its turn: in a month it comes again."""
    walk = walk_of(job.cursor)
    if walk is not None:
        step = await renew_documents(walk, console=console, runs=runs)
        return step if step.cursor is not None else step._replace(cursor=str(place_of("", now)))
    place = place_of(job.cursor, now)
    if now < place.begins_at:
        return Step(str(place), wait_ms=place.begins_at - now)
    return await _chores(place, now, apps, audience)


async def _chores(place: Place, now: int, apps: Apps, audience: AudienceStore) -> Step:
    try:
        step = await prune_targets(place, apps=apps, audience=audience)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  housekeeping never ends
        logs.event("housekeeping-failed", "ERROR", error=error, day=place.day.isoformat())
        step = Step(None)
    if step.cursor is not None:
        return step._replace(cursor=str(place._replace(cursor=step.cursor)))
    tomorrow = day_after(place)
    return Step(str(tomorrow), done=step.done, wait_ms=max(0, tomorrow.begins_at - now))
