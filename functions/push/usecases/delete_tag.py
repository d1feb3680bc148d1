"""A tag is given up: deleted now, and taken off the devices in the background."""

from push.domain.account import Caller
from push.domain.audit import Action
from push.domain.errors import Conflict, NotFound, Stale
from push.domain.given_tags import given
from push.domain.job import Job, JobKind
from push.domain.tag import Tag
from push.ports import Audit, Clock, Console, Jobs, Runs, Tags, Tasks, Templates
from push.usecases.heed_console import heed_tag
from push.usecases.read_tag import UNKNOWN
from push.usecases.record_change import record_change
from push.usecases.start_job import start_job


async def delete_tag(
    caller: Caller,
    id: str,
    *,
    tags: Tags,
    console: Console,
    templates: Templates,
    runs: Runs,
    jobs: Jobs,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
) -> Job:
    """The job that takes it off the devices, the same one when it is under way already. Raises NotFound, and Conflict
    for a tag that is in use, that every installation has, or of which somebody's edit waits to be looked at.

    The job is stored first, and deletes the tag as well: should we die in between, nothing is left half done. What is
    written into the tag's document from then on goes with it.
    """
    if given([id]):
        raise Conflict("every installation has this tag: it cannot be deleted")
    under_way = await jobs.running(JobKind.UNTAG_DEVICES, id)
    if under_way is not None:
        return under_way
    tag = await _heeded(id, tags, console)
    await _refuse_if_used(id, runs, templates)
    job = await start_job(
        JobKind.UNTAG_DEVICES, id, tag.model_dump(mode="json"), jobs=jobs, tasks=tasks, clock=clock,
        first=lambda: tags.delete(id),
    )  # fmt: skip
    await record_change(caller, Action.DELETE, "tag", id, tag, None, audit=audit, clock=clock)
    return job


async def _heeded(id: str, tags: Tags, console: Console) -> Tag:
    """As it is, and as nobody is just editing it."""
    while True:
        tag = await tags.get(id)
        if tag is None:
            raise NotFound(UNKNOWN)
        try:
            await heed_tag(tag, console=console, tags=tags)
        except Stale:
            continue
        return tag


async def _refuse_if_used(id: str, runs: Runs, templates: Templates) -> None:
    run = await runs.live_with_tag(id)
    if run is not None:
        raise Conflict(f"notification {run} goes to whom carries this tag: cancel it, or wait until it is sent")
    template = await templates.using_tag(id)
    if template is not None:
        raise Conflict(f"template {template} offers this tag: edit or delete the template first")
