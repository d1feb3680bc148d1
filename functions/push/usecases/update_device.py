"""A device tells what has changed."""

from collections.abc import Sequence

from push.domain.device import Device, Sync, apply
from push.domain.errors import Conflict, NotFound
from push.domain.tag import TagRef
from push.ports import Apps, Clock, Devices, Tags
from push.usecases.read_device import UNKNOWN
from push.usecases.register_device import ALIAS_TAKEN, check_tags, count_made
from push.usecases.resolve_tags import resolve_tags
from push.usecases.spend import Spending


async def update_device(
    app: int,
    id: str,
    sync: Sync,
    tag_refs: Sequence[TagRef] | None,
    *,
    apps: Apps,
    devices: Devices,
    tags: Tags,
    clock: Clock,
    spending: Spending | None = None,
) -> Device:
    """Raises NotFound for an unknown id (Android makes the device anew then), Conflict for another device's alias,
    TooManyRequests for more new tags than `spending` allows, Invalid for more on a device than the app wants."""
    of = await apps.recall(app)
    if of is None or of.deleting:
        raise NotFound(UNKNOWN)
    resolved = await resolve_tags(tag_refs, tags=tags) if tag_refs is not None else None
    said = sync.model_copy(update={"tags": resolved.carried if resolved else None})
    now = clock.now()
    await check_tags(resolved, spending, now, of)
    outcome: Device | None = None

    def decide(by_id: Device | None, by_alias: Device | None) -> Device | None:
        nonlocal outcome
        if by_id is None:
            raise NotFound(UNKNOWN)
        if by_alias is not None and by_alias.id != by_id.id:
            raise Conflict(ALIAS_TAKEN)
        outcome, write = apply(by_id, said, now)
        return outcome if write else None

    await devices.change(app, id, sync.alias, decide, sync.targets)
    if outcome is None:
        raise RuntimeError("the store did not ask what to do")
    if resolved and resolved.missing:
        # As when it registers: after the device.
        await tags.create_missing(resolved.missing)
        if spending:
            await count_made(spending, False, resolved, now, of)
    return outcome
