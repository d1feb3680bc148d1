"""`deliver` as a whole, from Firestore to the sink to the ledger, and after each of its turns what people use today.

A new process for each size of audience, since the kernel remembers a process's most memory and nothing after it; each
has sent a page before, so that clients and connections are there. The others send to the same targets, in turn with
ours, since a machine that others share is now faster and now slower; the median of the turns counts.
"""

import statistics
from collections.abc import Sequence
from pathlib import Path

from infra.bench import crowd
from infra.bench.ground import Ground
from infra.bench.measurement import Found, Measurement, Row
from infra.bench.missing import Missing
from infra.bench.others import OTHERS, Other, Sent, node_modules
from infra.bench.server import Server, served
from infra.local.trouble import Broke
from push.bootstrap import Container

OURS = "HALO Push, deliver"
SIZES = (10_000, 50_000, 200_000)
# How often an audience is sent to; memory grows a little with each time, so as often to the largest as to the smallest.
_TURNS = 3
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
    others = [other for other in OTHERS if modules is not None or not other.needs_node]
    rows = [row for size in sizes for row in _turns(ground, size, others, modules)]
    return Found(rows, notes)


def _turns(ground: Ground, size: int, others: Sequence[Other], modules: Path | None) -> list[Row]:
    app, warm = ground.app_of(size), ground.app_of(_WARM)
    settings = {
        "FCM_ENDPOINT": ground.sink.endpoint(),
        "SSL_CERT_FILE": str(ground.sink.certificate),
        "FCM_QUOTA_PER_MINUTE": _NO_QUOTA,
        "LEASE_S": _LEASE_S,
    }
    sent: dict[str, list[Sent]] = {}

    async def work(container: Container) -> None:
        with served("deliver", ground.stack, ground.directory / f"deliver-{size}", settings) as server:
            await _ours(container, server, warm, _WARM)
            for turn in range(1 if ground.quick else _TURNS):
                ground.say(f"turn {turn + 1}: deliver, {size:,} targets, then the others")
                sent.setdefault(OURS, []).append(await _ours(container, server, app, size))
                for other in others:
                    sent.setdefault(other.name, []).append(_theirs(ground, other, app, size, modules))

    ground.with_ports(work)
    return [row(sender, size, turns) for sender, turns in sent.items()]


async def _ours(container: Container, server: Server, app: int, many: int) -> Sent:
    """Raises Broke unless the ledger has everybody as accepted."""
    run = await crowd.start(container, app, many)
    before = server.cpu_s()
    seconds = await server.call_all([f"{run.id}/{n}" for n in range(run.shards)], _SHARDS_AT_ONCE)
    spent = server.cpu_s() - before
    accepted = (await container.ledger.sums(run.id)).counts
    if accepted != {"accepted": many}:
        raise Broke(f"{many} targets were sent to, and the ledger says {accepted}")
    return Sent(many, seconds, spent, server.peak_mib())


def _theirs(ground: Ground, other: Other, app: int, size: int, modules: Path | None) -> Sent:
    many = min(size, 200 if ground.quick else other.most)
    targets = [member.target.value for member, _ in zip(crowd.members(app, size), range(many), strict=False)]
    return other.send(targets, ground.sink, ground.directory, modules)


def row(sender: str, audience: int, turns: Sequence[Sent]) -> Row:
    return {
        "sender": sender,
        "audience": audience,
        "sent": turns[0].messages,
        "per_cpu_s": round(statistics.median(each.messages / each.cpu_s for each in turns)),
        "per_s": round(statistics.median(each.messages / each.seconds for each in turns)),
        "peak_mib": round(max(each.peak_mib for each in turns), 1),
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
