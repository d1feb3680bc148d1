"""One tag, and about how many devices carry it."""

from typing import NamedTuple

from push.domain.errors import NotFound
from push.domain.given_tags import given
from push.domain.keyspace import SLICES, KeyRange, slice_for
from push.domain.tag import Tag
from push.ports import Clock, Devices, Tags

UNKNOWN = "no such tag: look it up by name and value"
# Below about 20,000 all of them are counted: a slice of so few says little.
_FEW = 80
_ALL = KeyRange("", "")


class Carried(NamedTuple):
    """A tag, and how many devices of an app carry it: None where counting took too long, or no app was named."""

    tag: Tag
    estimate: int | None
    as_of: int


async def read_tag(id: str, app: int | None, *, tags: Tags, devices: Devices, clock: Clock) -> Carried:
    """Raises NotFound."""
    tag = given([id]).get(id) or await tags.get(id)
    if tag is None:
        raise NotFound(UNKNOWN)
    return Carried(tag, None if app is None else await _estimate(app, id, devices), clock.now())


async def _estimate(app: int, id: str, devices: Devices) -> int | None:
    counted = await devices.estimate(app, id, slice_for(id))
    if counted is None or counted >= _FEW:
        return None if counted is None else counted * SLICES
    return await devices.estimate(app, id, _ALL)
