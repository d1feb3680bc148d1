"""Everything that is known of one target of one sending, in the order of time."""

from collections.abc import Iterator

from infra.chaos.faults import Done
from infra.chaos.records import Sending


def timeline(sending: Sending, target: str, faults: list[Done], began: float) -> Iterator[str]:
    """A line each: what FCM was asked and answered, what was being broken then, what the ledger says."""
    rows: list[tuple[float, str]] = []
    for attempt in (each for each in sending.attempts if each.target == target):
        rows.append((attempt.came / 1000, "FCM was asked"))
        rows.append((attempt.left / 1000, f"FCM: {attempt.answer}"))
        for fault in faults:
            if fault.began - 15 <= attempt.came / 1000 <= fault.ended + 5:
                rows += [(fault.began, f"begins: {fault.what}"), (fault.ended, f"ends: {fault.what}")]
    for at, what in sorted(set(rows)):
        yield f"{at - began:8.2f} s  {what}"
    for page in sending.inherited:
        if target in page.targets:
            yield f"           in a page of {len(page.targets)} that shard {page.shard} lost its worker with"
    yield f"           ledger: {sending.failures.get(target, 'accepted, or nothing on record')}"
    if target in sending.moving:
        yield "           its phone was handed on meanwhile"
