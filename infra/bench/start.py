"""`send`: what it asks of Firestore and Cloud Tasks for a run, and what that costs its process.

The use case runs in this process over the real adapters, whose calls are counted where they leave for the wire. Half a
million targets are not stored: `send` estimates from one of the 256 slices of the key space, so the slice that it will
look at holds its share of them, and the others nothing. A broadcast with a canary is two calls of `send`: one for the
canary's shard, one for the others when it is decided.
"""

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.bench import crowd
from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.local.trouble import Broke
from push.bootstrap import Container
from push.domain.ids import new_id
from push.domain.keyspace import SLICES
from push.domain.pace import Ramp
from push.domain.run import Run
from push.domain.schedule import State
from push.usecases.move_run import end_run
from push.usecases.start_run import start_run
from push.usecases.tasks import VERSION, Task

SIZES = (1_000, 50_000)
LARGE = 500_000
_SLICE = 7
_APP = 900
_TIMES = 5
# Tasks this far apart: none but the first comes while this is measured, and its run is over by then.
_RAMP = Ramp(quota_per_minute=60, over_s=0, above=0)


def measure(ground: Ground) -> Found:
    sizes = SIZES[:1] if ground.quick else SIZES
    apps = {size: ground.app_of(size) for size in sizes}

    async def work(container: Container) -> list[Row]:
        ground.say(f"storing the slice of {LARGE:,} targets that is looked at")
        slice_ = crowd.members(_APP, LARGE // SLICES, _SLICE)
        await crowd.store(container, _APP, ground.stack.project, slice_)
        return [await _row(ground, container, app, size) for size, app in {**apps, LARGE: _APP}.items()]

    rows = ground.with_ports(work)
    return Found(
        rows, [f"Of the {LARGE:,} targets only the slice that is counted was stored. The canary is a shard, too."]
    )


async def _row(ground: Ground, container: Container, app: int, size: int) -> Row:
    ground.say(f"send, {size:,} targets")
    spent: list[float] = []
    for turn in range(_TIMES + 1):
        made: Counter[str] = Counter()
        run = await crowd.start(container, app, size, State.SCHEDULED, id=_seen_in(_SLICE))
        cpu_ms = await _sent(container, run.id, made)
        started, version = await _read(container, run.id)
        if started.awaits_canary:
            # As the canary's worker does when enough of it was accepted; then `send` is called once more.
            go_on = {"epoch": started.epoch + 1, "released_at": ground.now_ms()}
            await container.runs.move(started.model_copy(update=go_on), version)
            cpu_ms += await _sent(container, run.id, made)
            started, _ = await _read(container, run.id)
        if turn:
            spent.append(cpu_ms)
        await end_run(started, State.CANCELLED, "measured", runs=container.runs)
    tasks = made.pop("create_task")
    return {
        "targets": size,
        "estimate": started.estimate,
        "shards": started.planned,
        "firestore": made.total(),
        "tasks": tasks,
        "cpu_ms": round(statistics.median(spent), 1),
    }


async def _sent(container: Container, run: str, made: Counter[str]) -> float:
    """CPU-milliseconds of one call of `send`; its calls are added to what was `made`."""
    found, _ = await _read(container, run)
    with counted(container, made):
        before = time.process_time()
        await start_run(
            Task(v=VERSION, id=run, epoch=found.epoch), runs=container.runs, ledger=container.ledger,
            audience=container.audience, tasks=container.tasks, ramp=_RAMP,
        )  # fmt: skip
        return 1_000 * (time.process_time() - before)


async def _read(container: Container, run: str) -> tuple[Run, Any]:
    found = await container.runs.get(run)
    if found is None:
        raise Broke(f"Run {run} is gone.")
    return found.value, found.version


def _seen_in(slice_: int) -> str:
    """The id of a run that is estimated from this slice (push.domain.keyspace.slice_for)."""
    while True:
        id = new_id()
        if sum(id.encode()) % SLICES == slice_:
            return id


@contextmanager
def counted(container: Container, made: Counter[str]) -> Iterator[None]:
    """Counts the calls that leave the clients of a container, by name."""
    firestore = container._database.client._firestore_api.transport
    transports = (firestore, container.tasks._connected().transport)
    before = [dict(transport._wrapped_methods) for transport in transports]
    for transport in transports:
        for method, call in list(transport._wrapped_methods.items()):
            transport._wrapped_methods[method] = _counting(made, _name(transport, method), call)
    try:
        yield
    finally:
        for transport, calls in zip(transports, before, strict=True):
            transport._wrapped_methods.update(calls)


def _counting(made: Counter[str], name: str, call: Any) -> Any:
    def calling(*args: Any, **kwargs: Any) -> Any:
        made[name] += 1
        return call(*args, **kwargs)

    return calling


def _name(transport: Any, method: Any) -> str:
    """A transport's wrapped calls go by what they wrap, and that is an attribute of it."""
    names = ("commit", "batch_get_documents", "run_query", "run_aggregation_query", "create_task")
    return next((name for name in names if getattr(transport, name, None) is method), "other")


START = Measurement(
    "send",
    "`send`: the calls that start a run",
    {
        "targets": "targets",
        "estimate": "estimate",
        "shards": "shards",
        "firestore": "calls of Firestore",
        "tasks": "tasks made",
        "cpu_ms": "CPU ms",
    },
    measure,
)
