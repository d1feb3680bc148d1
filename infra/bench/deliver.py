"""`deliver` as a whole, from Firestore to the sink to the ledger, and between its turns what people use today.

A new process for each size of audience, since the kernel remembers a process's most memory and nothing after it; each
has sent a page before, so that clients and connections are there. The others send to the same targets.
"""

import statistics
from pathlib import Path

from infra.bench import crowd
from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.bench.missing import Missing
from infra.bench.others import OTHERS, Other, node_modules
from infra.bench.server import served
from infra.local.trouble import Broke
from push.bootstrap import Container

OURS = "HALO Push, deliver"
SIZES = (10_000, 50_000, 200_000)
# Audiences that are small are sent to several times, and the median counts.
_TIMES = {10_000: 5, 50_000: 3, 200_000: 1}
_SHARDS_AT_ONCE = 8
_WARM = 500
# FCM's quota is not what is measured; and Google's emulator may take longer to find a range's first target than the
# stack's lease lasts.
_NO_QUOTA = "100000000"
_LEASE_S = "120"


def measure(ground: Ground) -> Found:
    sizes = (2_000,) if ground.quick else SIZES
    notes: list[str] = []
    try:
        modules: Path | None = node_modules(ground.say)
    except Missing as missing:
        modules = None
        notes.append(f"Node's firebase-admin was left out: {missing}.")
    ground.sink  # noqa: B018  where it is missing, nothing need be stored
    rows: list[Row] = []
    for size in sizes:
        app = ground.app_of(size)
        warm = ground.app_of(_WARM)
        ground.say(f"deliver, {size:,} targets")
        rows.append(_ours(ground, app, warm, size, 1 if ground.quick else _TIMES[size]))
        for other in OTHERS:
            if other.needs_node and modules is None:
                continue
            ground.say(f"{other.name}, {min(size, other.most):,} of the same targets")
            rows.append(_theirs(ground, other, app, size, modules))
    return Found(rows, notes)


def _ours(ground: Ground, app: int, warm: int, size: int, times: int) -> Row:
    settings = {
        "FCM_ENDPOINT": ground.sink.endpoint(),
        "SSL_CERT_FILE": str(ground.sink.certificate),
        "FCM_QUOTA_PER_MINUTE": _NO_QUOTA,
        "LEASE_S": _LEASE_S,
    }

    async def work(container: Container) -> Row:
        with served("deliver", ground.stack, ground.directory / f"deliver-{size}", settings) as server:
            spent: list[float] = []
            took: list[float] = []
            for turn in range(times + 1):
                to, many = (app, size) if turn else (warm, _WARM)
                run = await crowd.start(container, to, many)
                before = server.cpu_s()
                seconds = await server.call_all([f"{run.id}/{n}" for n in range(run.shards)], _SHARDS_AT_ONCE)
                accepted = (await container.ledger.sums(run.id)).counts
                if accepted != {"accepted": many}:
                    raise Broke(f"{many} targets were sent to, and the ledger says {accepted}")
                if turn:
                    spent.append(server.cpu_s() - before)
                    took.append(seconds)
            return row(OURS, size, size, statistics.median(took), statistics.median(spent), server.peak_mib())

    return ground.with_ports(work)


def _theirs(ground: Ground, other: Other, app: int, size: int, modules: Path | None) -> Row:
    many = min(size, 200 if ground.quick else other.most)
    targets = [member.target.value for member, _ in zip(crowd.members(app, size), range(many), strict=False)]
    sent = other.send(targets, ground.sink, ground.directory, modules)
    return row(other.name, size, many, sent.seconds, sent.cpu_s, sent.peak_mib)


def row(sender: str, audience: int, sent: int, seconds: float, cpu_s: float, peak_mib: float) -> Row:
    return {
        "sender": sender,
        "audience": audience,
        "sent": sent,
        "per_cpu_s": round(sent / cpu_s),
        "per_s": round(sent / seconds),
        "peak_mib": round(peak_mib, 1),
    }


DELIVER = Measurement(
    "deliver",
    "Sending as a whole, and what people use today",
    {
        "sender": "sender",
        "audience": "audience",
        "sent": "messages",
        "per_cpu_s": "a CPU-second",
        "per_s": "a second",
        "peak_mib": "peak MiB",
    },
    measure,
)
