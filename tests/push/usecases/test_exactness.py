"""P1 to P4 and P6 whoever comes first: workers, tasks and sweeps at once, paused, killed, cut off, again and again.

The oracle is the one of `make chaos`; here it sees thousands of interleavings, since waiting takes no time.
"""

import random

import pytest

from fakes.simulation import Simulation
from fakes.virtual import run
from infra.chaos.oracle import judge
from push.domain.schedule import OnUnknown
from push.usecases import read_shard

# The last one found that a page which somebody inherited, of a run that was cancelled then, was in no total.
SEEDS = (*range(30), 1614)
POLICIES = (None, OnUnknown.RESEND, OnUnknown.SKIP)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few targets make many pages."""
    monkeypatch.setattr(read_shard, "PAGE_SIZE", 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_comes_first_the_promises_hold(seed: int) -> None:
    dice = random.Random(seed)
    simulation = Simulation(seed, dice.randrange(40, 400), POLICIES[seed % 3])
    # One shard, or several with a canary.
    simulation.engine.audience.estimates = dice.choice((None, 100, 400))
    cancel_after_s = dice.uniform(0.1, 4) if dice.random() < 0.4 else None
    sending = run(simulation.play(cancel_after_s))
    assert judge(sending) == []
