"""Who waits for a connection."""

from types import SimpleNamespace
from typing import Any

from push.adapters.fcm.pending import Pending


def batch(urgent: bool = False) -> Any:
    return SimpleNamespace(urgent=urgent)


def waiting(*batches: tuple[Any, float]) -> Pending:
    pending = Pending()
    for index, (batch, since) in enumerate(batches):
        pending.add((batch, index), since)
    return pending


def test_urgent_messages_come_first() -> None:
    ordinary, urgent = batch(), batch(urgent=True)
    pending = waiting((ordinary, 1), (urgent, 2), (ordinary, 3), (urgent, 4))
    assert [pending.pop()[1] for _ in range(len(pending))] == [1, 3, 0, 2]


def test_those_who_have_waited_too_long_are_found_wherever_they_stand() -> None:
    ordinary, urgent = batch(), batch(urgent=True)
    pending = waiting((ordinary, 1), (ordinary, 5), (urgent, 6))
    assert pending.oldest == 1
    assert pending.take(before=5) == [(ordinary, 0), (ordinary, 1)]
    assert (len(pending), pending.oldest) == (1, 6)


def test_a_batch_is_taken_out_alone() -> None:
    one, two = batch(), batch()
    pending = waiting((one, 1), (two, 2), (one, 3))
    assert [index for _, index in pending.take(of=one)] == [0, 2]
    assert [index for _, index in pending.take()] == [1]
    assert (len(pending), pending.oldest) == (0, None)
