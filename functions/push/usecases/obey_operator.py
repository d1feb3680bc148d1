"""What somebody wrote into the state of a schedule is done, if a schedule in its state can be told that."""

from typing import Any

from push.domain.account import Caller
from push.domain.errors import PushError, Unavailable
from push.domain.run import Run
from push.domain.schedule import State
from push.ports import Ports
from push.ports.console import Kind, Written
from push.usecases.cancel_schedule import cancel_schedule
from push.usecases.resume_schedule import resume_schedule
from push.usecases.send_draft import send_draft

# What writing a state asks for, and of schedules in which states.
_COMMANDS = {
    State.CANCELLED: (State.DRAFT, State.SCHEDULED, State.SENDING, State.HALTED),
    State.SCHEDULED: (State.DRAFT,),
    State.SENDING: (State.HALTED,),
}


def asked_for(run: Run, written: Written) -> State | None:
    """The state that it is to have, if that can be asked for."""
    wanted = written.fields.get("state")
    return next((state for state, of in _COMMANDS.items() if state == wanted and run.state in of), None)


async def obey(editor: Caller, id: str, state: State, version: Any, *, ports: Ports) -> None:
    """`version`: the document's, in which that was asked for. What cannot be done is put back, and says why.

    Raises Stale when somebody writes the document meanwhile."""
    try:
        if state is State.CANCELLED:
            await cancel_schedule(
                editor, id, schedules=ports.schedules, runs=ports.runs, audit=ports.audit, clock=ports.clock
            )  # fmt: skip
        elif state is State.SCHEDULED:
            await send_draft(
                editor, id, None, apps=ports.apps, schedules=ports.schedules, runs=ports.runs, console=ports.console,
                tasks=ports.tasks, audit=ports.audit, clock=ports.clock, over=version,
            )  # fmt: skip
        else:
            await resume_schedule(
                editor, id, None, apps=ports.apps, schedules=ports.schedules, runs=ports.runs, tasks=ports.tasks,
                audit=ports.audit, clock=ports.clock,
            )  # fmt: skip
    except Unavailable:
        raise
    except PushError as error:
        found, written = await ports.runs.get(id), await ports.console.read(Kind.SCHEDULES, id)
        if found is not None and found.value.mirror is not None and written is not None:
            await ports.console.write(found.value.mirror, written.version, f"state: put back: {error.detail}")
