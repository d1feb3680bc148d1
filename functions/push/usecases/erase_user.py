"""What is kept about a deleted user is erased: links of their devices, places in lists, the account at Firebase."""

from push.domain.device_search import DeviceSearch
from push.domain.errors import TooManyRequests, Unavailable
from push.domain.identity import NotSetUp
from push.domain.job import FORGOTTEN_MS, Job, Step
from push.ports import Devices, Identities, Traces, Users
from push.usecases.link_device import unlink_device

_DEVICES_AT_ONCE = 50
_RUNS_AT_ONCE = 25
_DEVICES, _LISTS, _LATE, _IDENTITY = "devices", "runs:", "late-devices", "identity"


async def erase_user(
    job: Job, now: int, *, users: Users, devices: Devices, identities: Identities, traces: Traces
) -> Step:
    """The user first, who is gone unless whoever asked died in between; then page by page, and the account last, since
    that is what may have to wait for somebody. Devices stay: they are phones that are still in use, and nobody's."""
    app = int(job.arguments["app"])
    if job.cursor in (_DEVICES, _LATE):
        unlinked = await _unlink(app, job.subject, now, devices)
        next_ = _LISTS if job.cursor == _DEVICES else _IDENTITY
        return Step(job.cursor if unlinked else next_, done=unlinked)
    if job.cursor.startswith(_LISTS):
        instead, after = f"erased-{job.id}", job.cursor.removeprefix(_LISTS)
        changed, last = await traces.erase_user(app, job.subject, instead, after, _RUNS_AT_ONCE)
        if last is not None:
            return Step(_LISTS + last, done=changed)
        # Until then a process may remember the user, whose token may still register a device.
        return Step(_LATE, done=changed, wait_ms=FORGOTTEN_MS)
    if job.cursor == _IDENTITY:
        return Step(None, done=await _erase_identity(job, users, identities))
    deleted = await users.delete(app, job.subject)
    return Step(_DEVICES, done=int(deleted is not None))


async def _unlink(app: int, user: str, now: int, devices: Devices) -> int:
    found, _ = await devices.search(app, DeviceSearch(user=user), _DEVICES_AT_ONCE, None)
    for device in found:
        await unlink_device(app, user, device.id, now=now, devices=devices)
    return len(found)


async def _erase_identity(job: Job, users: Users, identities: Identities) -> int:
    """Unless a user of another app logs in with it, or the same person has registered again."""
    project, uid = job.arguments.get("project"), job.arguments.get("identity")
    if project is None or uid is None or await users.having(uid, 1):
        return 0
    try:
        await identities.delete(project, uid)
    except (NotSetUp, TooManyRequests) as error:
        # Somebody can mend it, so the job waits for them, as it does for a service.
        raise Unavailable(error.detail) from error
    return 1
