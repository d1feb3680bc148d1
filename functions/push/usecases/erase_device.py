"""What is kept about a deleted device is erased: in runs its failures, its activity, and its alias in their lists; at
Amazon its endpoints."""

from push.domain.job import FORGOTTEN_MS, Job, Step
from push.ports import Devices, Relay, Traces

_AT_ONCE = 300
_RUNS_AT_ONCE = 25
_FAILURES, _ACTIVITY, _LISTS = "failures", "activity", "runs:"
_LATE_FAILURES, _LATE_ACTIVITY, _ENDPOINTS = "late-failures", "late-activity", "endpoints"
_NEXT = {_FAILURES: _ACTIVITY, _ACTIVITY: _LISTS, _LATE_FAILURES: _LATE_ACTIVITY, _LATE_ACTIVITY: _ENDPOINTS}


async def erase_device(job: Job, _: int, *, devices: Devices, traces: Traces, relay: Relay | None) -> Step:
    """The device itself first, which is gone unless whoever asked died in between; then page by page, and once more
    what a worker or a phone that knew the device wrote meanwhile. Amazon last: it may have to wait for somebody.

    Its place in a list is taken by a name of no device, since workers know their place by number. Lists that were made
    since are somebody else's: a phone may have come back under its alias.
    """
    if job.cursor.startswith(_LISTS):
        app, alias = int(job.arguments["app"]), job.arguments["alias"]
        instead = f"erased-{job.id}"
        after = job.cursor.removeprefix(_LISTS)
        changed, last = await traces.erase_alias(app, alias, instead, job.started_at, after, _RUNS_AT_ONCE)
        if last is not None:
            return Step(_LISTS + last, done=changed)
        return Step(_LATE_FAILURES, done=changed, wait_ms=FORGOTTEN_MS)
    if job.cursor == _ENDPOINTS:
        endpoints = job.arguments.get("endpoints", "").split()
        if relay is not None:  # a deployment without Amazon has nobody to tell
            for endpoint in endpoints:
                await relay.forget(endpoint)
        return Step(None, done=len(endpoints) if relay else 0)
    if not job.cursor:
        deleted = await devices.delete(int(job.arguments["app"]), job.subject)
        return Step(_FAILURES, done=int(deleted is not None))
    erase = traces.erase_activity if job.cursor in (_ACTIVITY, _LATE_ACTIVITY) else traces.erase_failures
    gone = await erase(job.subject, _AT_ONCE)
    return Step(job.cursor if gone == _AT_ONCE else _NEXT[job.cursor], done=gone)
