"""An app that is being deleted: its notifications are called off; its devices and users go, a few hundred a step."""

from push.domain.app import App
from push.domain.job import FORGOTTEN_MS, Job, Step
from push.domain.run import Run
from push.domain.schedule import State
from push.ports import Apps, Devices, Runs, Traces, Users
from push.usecases.delete_app import mark_app
from push.usecases.move_run import ended, move_run

REASON = "its app was deleted"
_DEVICES_AT_ONCE = 300
_USERS_AT_ONCE = 300
_RUNS_AT_ONCE = 25
# The places that its cursor knows: what is already gone needs none.
_DEVICES = "devices"
_LISTS = "lists:"


async def clear_app(
    job: Job, now: int, *, apps: Apps, devices: Devices, users: Users, runs: Runs, traces: Traces
) -> Step:
    """Ends early where the app is gone, or another job's: an id may be used again.

    What was asked for before the app was marked may still arrive for a while: so it waits, and looks once more. Last
    go the lists of whom notifications were for. Schedules and results stay, as history; so do its users' accounts at
    Firebase, whose project is not ours and may serve other apps.
    """
    app = await apps.get(int(job.subject))
    if app is not None and not job.cursor and app.created_at <= job.started_at:
        app = await mark_app(job, None, apps=apps)
    if app is None or app.deleting != job.id:
        return Step(None)
    if job.cursor.startswith(_LISTS):
        return await _erase_lists(app, job, apps, traces)
    live = await runs.live_of(app.id, _RUNS_AT_ONCE)
    for run in live:
        await move_run(run, lambda current: _cancelled(current, now), runs=runs)
    if live:
        return Step(_DEVICES)
    cleared = await devices.clear(app.id, _DEVICES_AT_ONCE)
    if cleared.more:
        return Step(_DEVICES, done=cleared.devices)
    gone = await users.clear(app.id, _USERS_AT_ONCE)
    if gone:
        return Step(_DEVICES, done=gone)
    left = job.started_at + FORGOTTEN_MS - now
    if left > 0:
        return Step(_DEVICES, done=cleared.devices, wait_ms=left)
    return Step(_LISTS, done=cleared.devices)


async def _erase_lists(app: App, job: Job, apps: Apps, traces: Traces) -> Step:
    last = await traces.erase_lists(app.id, job.cursor.removeprefix(_LISTS), _RUNS_AT_ONCE)
    if last is not None:
        return Step(_LISTS + last)
    await apps.delete(app.id, job.id)
    return Step(None)


def _cancelled(run: Run, now: int) -> Run | None:
    """As its sender cancels it: workers see it before their next page."""
    return ended(run, State.CANCELLED, REASON, now) if run.live else None
