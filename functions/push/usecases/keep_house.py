"""The day's chores, step by step, and then nothing until the next day."""

from push import logs
from push.domain.errors import Unavailable
from push.domain.housekeeping import day_after, place_of
from push.domain.job import Job, Step
from push.ports import Apps, AudienceStore
from push.usecases.prune_targets import prune_targets


async def keep_house(job: Job, now: int, *, apps: Apps, audience: AudienceStore) -> Step:
    """What cannot be done today is left, or no other day would have its turn: in a month it comes again."""
    place = place_of(job.cursor, now)
    if now < place.begins_at:
        return Step(str(place), wait_ms=place.begins_at - now)
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
