"""A device tells of itself: it is created, or gets back what it was."""

from collections.abc import Sequence
from typing import NamedTuple

from push.domain.app import AliasPolicy, App
from push.domain.device import Device, Sync, apply
from push.domain.errors import Conflict
from push.domain.ids import new_alias, new_id
from push.domain.limits import Limited, check_carried
from push.domain.tag import TagRef
from push.ports import Apps, Clock, Devices, Tags
from push.usecases.read_app import app_in_use
from push.usecases.resolve_tags import Resolved, resolve_tags
from push.usecases.spend import Spending

ALIAS_TAKEN = "another device has this alias: send its id as well, or leave the alias out to get a new one"


class Registered(NamedTuple):
    device: Device
    created: bool


async def register_device(
    app_id: int,
    sync: Sync,
    tag_refs: Sequence[TagRef] | None,
    *,
    apps: Apps,
    devices: Devices,
    tags: Tags,
    clock: Clock,
    spending: Spending | None = None,
    user: str | None = None,
) -> Registered:
    """A known id gets its device. An unknown one is made anew, with a new id; so is a device without alias. What an
    identified `user` makes anew is theirs: they may have logged in before their device was known.

    Raises NotFound for an unknown app, Conflict for an alias that is another device's, or one that is named without
    its id where the app's policy is locked, TooManyRequests for more new devices or tags than `spending` allows, and
    Invalid for more tags on a device than the app wants of its clients.
    """
    app = await app_in_use(app_id, apps=apps)
    resolved = await resolve_tags(tag_refs, tags=tags) if tag_refs is not None else None
    alias = sync.alias or new_alias()
    said = sync.model_copy(update={"tags": resolved.carried if resolved else None})
    now = clock.now()
    await check_tags(resolved, spending, now, app)
    refusal = await spending.refusal(Limited.DEVICES, 1, now, app.limits) if spending else None
    outcome: Registered | None = None

    def decide(by_id: Device | None, by_alias: Device | None) -> Device | None:
        nonlocal outcome
        stored = _whose(app, by_id, by_alias)
        if stored is None:
            if refusal is not None:
                raise refusal
            times = {"created_at": now, "updated_at": now, "seen_at": now}
            fresh = Device(id=new_id(), app=app.id, alias=alias, user=user, **times)
            outcome = Registered(apply(fresh, said, now).device, created=True)
            return outcome.device
        device, write = apply(stored, said, now)
        outcome = Registered(device, created=False)
        return device if write else None

    await devices.change(app.id, sync.id, alias, decide, sync.targets)
    if outcome is None:
        raise RuntimeError("the store did not ask what to do")
    if resolved and resolved.missing:
        # After the device, so that a refused request leaves nothing behind; repeated by its next sync if we die here.
        await tags.create_missing(resolved.missing)
    if spending:
        await count_made(spending, outcome.created, resolved, now, app)
    return outcome


async def check_tags(resolved: Resolved | None, spending: Spending | None, now: int, app: App) -> None:
    """Raises Invalid for more tags on a device than the app wants of its clients, and TooManyRequests where more would
    be made than `spending` allows."""
    if resolved is None or spending is None:
        return
    check_carried(app.limits, {tag.id for tag in resolved.carried})
    if resolved.missing:
        refusal = await spending.refusal(Limited.TAGS, len(resolved.missing), now, app.limits)
        if refusal is not None:
            raise refusal


async def count_made(spending: Spending, device: bool, resolved: Resolved | None, now: int, app: App) -> None:
    if device:
        await spending.made(Limited.DEVICES, 1, now, app.limits)
    if resolved and resolved.missing:
        await spending.made(Limited.TAGS, len(resolved.missing), now, app.limits)


def _whose(app: App, by_id: Device | None, by_alias: Device | None) -> Device | None:
    if by_id is not None:
        if by_alias is not None and by_alias.id != by_id.id:
            raise Conflict(ALIAS_TAKEN)
        return by_id
    if by_alias is not None and app.alias_policy is AliasPolicy.LOCKED:
        raise Conflict(ALIAS_TAKEN)
    return by_alias
