"""A tag is made by hand."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict
from push.domain.given_tags import given_by_keys
from push.domain.job import JobKind
from push.domain.tag import Tag, TagType, tag_key
from push.ports import Audit, Clock, Jobs, Tags
from push.usecases.record_change import record_change


async def create_tag(
    caller: Caller,
    type_: TagType,
    name: str,
    value: str,
    description: str,
    *,
    tags: Tags,
    jobs: Jobs,
    audit: Audit,
    clock: Clock,
) -> Tag:
    """Raises Conflict naming the tag that has this type, name and value in any spelling, or the job that is taking such
    a tag off the devices.

    The id is a hash of the three, so that of two callers at one time one creates and the other is told.
    """
    key = tag_key(type_, name, value)
    known = given_by_keys([key]) | await tags.find_many([key])
    if key in known:
        raise _taken(known[key][0].id)
    under_way = await jobs.running(JobKind.UNTAG_DEVICES, key)
    if under_way is not None:
        raise Conflict(f"such a tag is just being taken off the devices: wait until job {under_way.id} is done")
    tag = Tag(id=key, name=name, value=value, type=type_, description=description)
    try:
        await tags.create(tag)
    except Conflict:
        raise _taken(key) from None
    await record_change(caller, Action.CREATE, "tag", tag.id, None, tag, audit=audit, clock=clock)
    return tag


def _taken(id: str) -> Conflict:
    return Conflict(f"tag {id} has this type, name and value: use it")
