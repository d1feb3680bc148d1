"""An app goes: now, if nobody uses it; or with all of its devices, in the background."""

from typing import NamedTuple

from push.domain.account import Caller
from push.domain.app import App
from push.domain.audit import Action
from push.domain.errors import Conflict, NotFound
from push.domain.job import Job, JobKind, JobState
from push.ports import Apps, Audit, Clock, Devices, Jobs, Tasks, Users
from push.usecases.read_app import UNKNOWN
from push.usecases.record_change import record_change
from push.usecases.start_job import start_job


class DeletedApp(NamedTuple):
    """The app as it was, and the job that deletes it, if it is not gone yet."""

    app: App
    job: str | None


async def delete_app(
    caller: Caller,
    id: int,
    force: bool,
    *,
    apps: Apps,
    devices: Devices,
    users: Users,
    jobs: Jobs,
    tasks: Tasks,
    audit: Audit,
    clock: Clock,
) -> DeletedApp:
    """With `force` it takes nothing new from now on, and a job removes its devices and then the app. Asked again, it
    answers that job. Raises NotFound, and without `force` Conflict while the app has devices or users.

    The job is stored first, and marks the app as well: should we die in between, nothing is left half done.
    """
    app = await apps.get(id)
    if app is None:
        raise NotFound(UNKNOWN)
    if await _under_way(app, jobs):
        return DeletedApp(app, app.deleting)
    if not force:
        if await devices.any(id):
            raise Conflict("the app has at least 1 device: with ?force=true they are removed, too")
        if (await users.list(id, 1, 0, None))[0]:
            raise Conflict("the app has at least 1 identified user: with ?force=true they are removed, too")
        gone = await apps.delete(id)
        if gone is None:
            raise NotFound(UNKNOWN)
        app, job = gone, None
    else:
        started = await start_job(JobKind.DELETE_APP, str(id), {}, jobs=jobs, tasks=tasks, clock=clock)
        marked = await mark_app(started, app.deleting, apps=apps)
        if marked is None:
            raise NotFound(UNKNOWN)
        job = marked.deleting
        if job != started.id:
            return DeletedApp(marked, job)
    await record_change(caller, Action.DELETE, "app", str(id), app, None, audit=audit, clock=clock, app=id)
    return DeletedApp(app, job)


async def mark_app(job: Job, failed: str | None, *, apps: Apps) -> App | None:
    """The app as the job's or, of two jobs at one time, as the other one's; None if it is gone. `failed` is a job that
    had it before and ended without deleting it."""

    def decide(app: App) -> App:
        return app.model_copy(update={"deleting": job.id}) if app.deleting in (None, failed) else app

    changed = await apps.change(int(job.subject), decide)
    return changed and changed.after


async def _under_way(app: App, jobs: Jobs) -> bool:
    found = await jobs.get(app.deleting) if app.deleting else None
    return found is not None and found.value.state is JobState.RUNNING
