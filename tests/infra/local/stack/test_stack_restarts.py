"""When a part that died is started again."""

from infra.local.restarts import Restarts


def test_a_part_that_ran_well_is_started_again_at_once() -> None:
    restarts = Restarts()
    assert [restarts.pause(now, answered_for=6.0) for now in range(0, 60, 6)] == [0.0] * 10


def test_one_that_dies_at_once_waits_ever_longer_and_is_given_up() -> None:
    restarts = Restarts()
    assert [restarts.pause(now, answered_for=0.0) for now in range(5)] == [0.25, 0.5, 1.0, 2.0, None]


def test_deaths_of_more_than_a_minute_ago_do_not_count() -> None:
    restarts = Restarts()
    assert [restarts.pause(now, answered_for=1.0) for now in (0, 61, 122, 183, 244, 305)] == [0.25] * 6


def test_running_well_wipes_the_slate() -> None:
    restarts = Restarts()
    assert [restarts.pause(now, 0.0) for now in range(4)][-1] == 2.0
    assert restarts.pause(10, answered_for=5.0) == 0.0
    assert restarts.pause(11, 0.0) == 0.25
