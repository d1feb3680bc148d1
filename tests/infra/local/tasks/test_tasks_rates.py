import pytest

from infra.local.tasks.rates import Rate


def dispatched(rate: Rate, start: float, seconds: float) -> int:
    """How many dispatches a queue that always has tasks gets from `start` on."""
    count, now = 0, start
    while now < start + seconds:
        if pause := rate.wait(now):
            now += pause + 1e-9
        else:
            rate.take()
            count += 1
    return count


def test_a_burst_of_one_second_and_then_the_rate() -> None:
    rate = Rate(10, now=0)
    assert dispatched(rate, 0, 1e-6) == 10
    assert dispatched(rate, 1e-6, 5) == pytest.approx(50, abs=1)


def test_less_than_one_a_second_still_dispatches() -> None:
    assert dispatched(Rate(0.5, now=0), 0, 10) == pytest.approx(6, abs=1)


def test_an_overloaded_worker_slows_the_queue_down_and_success_brings_it_back() -> None:
    rate = Rate(100, now=0)
    rate.overloaded(1)
    rate.overloaded(1.5)  # the same storm counts once
    assert rate.share == 0.5
    assert dispatched(rate, 2, 10) == pytest.approx(550, abs=2)
    for second in range(10, 30):
        rate.overloaded(second)
    assert rate.share == Rate.SLOWEST
    for _ in range(13):
        rate.succeeded()
    assert rate.share == 1


def test_a_changed_rate_holds_at_once() -> None:
    rate = Rate(500, now=0)
    rate.configure(2, now=1)
    assert dispatched(rate, 1, 10) == pytest.approx(22, abs=1)
