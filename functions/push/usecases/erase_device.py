"""What runs keep about a deleted device is erased: its failures, its activity, and its alias in their lists."""

from push.domain.job import Job, Step
from push.ports import Devices, Traces

_AT_ONCE = 300
_RUNS_AT_ONCE = 25
_LISTS = "runs:"


async def erase_device(job: Job, _: int, *, devices: Devices, traces: Traces) -> Step:
    """The device itself first, which is gone unless whoever asked died in between; then page by page.

    Its place in a list is taken by a name of no device, since workers know their place by number.
    """
    if job.cursor.startswith(_LISTS):
        app, alias = int(job.arguments["app"]), job.arguments["alias"]
        instead = f"erased-{job.id}"
        changed, last = await traces.erase_alias(app, alias, instead, job.cursor.removeprefix(_LISTS), _RUNS_AT_ONCE)
        return Step(None if last is None else _LISTS + last, done=changed)
    if not job.cursor:
        deleted = await devices.delete(int(job.arguments["app"]), job.subject)
        return Step("failures", done=int(deleted is not None))
    if job.cursor == "activity":
        gone = await traces.erase_activity(job.subject, _AT_ONCE)
        return Step(job.cursor if gone == _AT_ONCE else _LISTS, done=gone)
    gone = await traces.erase_failures(job.subject, _AT_ONCE)
    return Step(job.cursor if gone == _AT_ONCE else "activity", done=gone)
