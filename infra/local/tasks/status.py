"""What the control port tells about the queues, for programs and for people."""

from html import escape

from google.cloud import tasks_v2
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.queue_loop import Tally
from infra.local.tasks.store import Store


class QueueStatus(BaseModel):
    """`pending` counts tasks that are not in flight, due or not. The counts after it are since the emulator's start."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    name: str
    state: str
    pending: int
    in_flight: int
    done: int
    failed_attempts: int
    given_up: int
    rate_share: float
    last_error: str | None


def queues(store: Store, dispatcher: Dispatcher) -> list[QueueStatus]:
    return [_queue(queue, store, dispatcher) for queue in store.queues()]


def _queue(queue: tasks_v2.Queue, store: Store, dispatcher: Dispatcher) -> QueueStatus:
    loop = dispatcher.loop(queue.name)
    tally = loop.tally if loop else Tally()
    return QueueStatus(
        name=queue.name,
        state=queue.state.name,
        pending=store.waiting(queue.name),
        in_flight=len(loop.in_flight) if loop else 0,
        done=tally.done,
        failed_attempts=tally.failed_attempts,
        given_up=tally.given_up,
        rate_share=loop.rate.share if loop else 1.0,
        last_error=tally.last_error,
    )


_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }
table { border-collapse: collapse } th, td { padding: .3rem .8rem; border-bottom: 1px solid #ddd; text-align: left }
th { font-weight: 600 } td.number { text-align: right; font-variant-numeric: tabular-nums } p { color: #666 }
"""


def page(statuses: list[QueueStatus]) -> str:
    columns = ["queue", "state", "pending", "in flight", "done", "failed attempts", "given up", "last error"]
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    rows = "".join(_row(status) for status in statuses)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if statuses else "<p>No queues.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cloud Tasks</title>'
        f'<meta http-equiv="refresh" content="2"><style>{_STYLE}</style></head>'
        f"<body><h1>Cloud Tasks, emulated</h1>{table}</body></html>"
    )


def _row(status: QueueStatus) -> str:
    counts = [status.pending, status.in_flight, status.done, status.failed_attempts, status.given_up]
    numbers = "".join(f'<td class="number">{count}</td>' for count in counts)
    last_error = escape(status.last_error or "")
    return f"<tr><td>{escape(status.name)}</td><td>{escape(status.state)}</td>{numbers}<td>{last_error}</td></tr>"
