"""A user is to be forgotten: gone now, and what is kept about them elsewhere goes in the background."""

from typing import NamedTuple

from push.domain.job import Job, JobKind
from push.domain.user import User
from push.ports import Apps, Clock, Jobs, Tasks, Users
from push.usecases.read_user import read_user
from push.usecases.start_job import start_job


class DeletedUser(NamedTuple):
    """The user as they were, and the job that erases their traces."""

    user: User
    job: Job


async def delete_user(
    app: int, id: str, *, apps: Apps, users: Users, jobs: Jobs, tasks: Tasks, clock: Clock
) -> DeletedUser:
    """Their tokens end within a minute. Raises NotFound.

    The job is stored first, and deletes the user as well: should we die in between, nothing is left half done.
    """
    user = await read_user(app, id, users=users)
    known = await apps.get(app)
    arguments = {"app": str(app)}
    if known is not None and user.identity is not None:
        arguments |= {"project": known.firebase_project, "identity": user.identity}
    job = await start_job(JobKind.ERASE_USER, id, arguments, jobs=jobs, tasks=tasks, clock=clock)
    return DeletedUser(await users.delete(app, id) or user, job)
