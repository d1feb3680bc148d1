"""A deleted tag is taken off the devices, a hundred a step."""

import asyncio

from push.domain.device import Device
from push.domain.errors import Conflict
from push.domain.job import FORGOTTEN_MS, Job, Step
from push.domain.tag import Tag
from push.ports import Devices, Runs, Tags, Templates

_AT_ONCE = 100
_WRITES_AT_ONCE = 20
_ASK_AGAIN_MS = 60_000
# The only place that its cursor knows: a device that is done no longer carries the tag.
_DELETED = "deleted"


async def untag_devices(job: Job, now: int, *, devices: Devices, tags: Tags, templates: Templates, runs: Runs) -> Step:
    """Waits while a run goes to whom carries the tag: one may have been accepted while the tag was deleted. Ends early
    when the tag was made anew by a device that came along with it. Raises Conflict, and puts the tag back, when a
    template was stored with it while it was deleted: no device has lost it yet.
    """
    if not job.cursor:
        await tags.delete(job.subject)
        await _check_templates(job, tags, templates)
        return Step(_DELETED)
    if await tags.get(job.subject) is not None:
        return Step(None)
    if await runs.live_with_tag(job.subject) is not None:
        return Step(job.cursor, wait_ms=_ASK_AGAIN_MS)
    found = await devices.carrying(job.subject, _AT_ONCE)
    slots = asyncio.Semaphore(_WRITES_AT_ONCE)

    async def untag(device: Device) -> None:
        async with slots:
            await devices.change(device.app, device.id, None, lambda by_id, _: _without(by_id, job.subject, now))

    await asyncio.gather(*(untag(device) for device in found))
    if found:
        return Step(job.cursor, done=len(found))
    # Until then a device may still be given it by a process that remembers it.
    left = job.started_at + FORGOTTEN_MS - now
    return Step(job.cursor, wait_ms=left) if left > 0 else Step(None)


async def _check_templates(job: Job, tags: Tags, templates: Templates) -> None:
    template = await templates.using_tag(job.subject)
    if template is not None:
        await tags.create_missing([Tag.model_validate(job.arguments)])
        raise Conflict(f"template {template} was stored with the tag while it was deleted: the tag stays")


def _without(device: Device | None, tag: str, now: int) -> Device | None:
    """As it is now: the device may have synced, or gone, since it was found."""
    if device is None or tag not in {carried.id for carried in device.tags}:
        return None
    kept = tuple(carried for carried in device.tags if carried.id != tag)
    return device.model_copy(update={"tags": kept, "updated_at": now})
