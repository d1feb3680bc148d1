"""P1 to P4 and P6 whoever comes first: workers, tasks and sweeps at once, paused, killed, cut off, again and again.

The oracle is the one of `make chaos`; here it sees thousands of interleavings, since waiting takes no time.
"""

import random
from collections import Counter

import pytest

from fakes.logged import changes, logged
from fakes.simulation import Simulation
from fakes.virtual import run
from infra.chaos.oracle import judge
from push.domain.schedule import OnUnknown
from push.usecases import read_shard

# The last one found that a page which somebody inherited, of a run that was cancelled then, was in no total.
SEEDS = (*range(30), 1614)
ENDED = range(60)
POLICIES = (None, OnUnknown.RESEND, OnUnknown.SKIP)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few targets make many pages."""
    monkeypatch.setattr(read_shard, "PAGE_SIZE", 20)


@pytest.mark.parametrize("seed", ENDED)
def test_whatever_ends_it_early_nobody_who_was_reached_is_in_no_total(seed: int) -> None:
    """FCM is busy, so many are to be tried again when it is cancelled, or when it expires."""
    dice = random.Random(seed)
    simulation = Simulation(seed, dice.randrange(40, 400), POLICIES[seed % 3], faults=0.3)
    simulation.engine.audience.estimates = dice.choice((None, 100, 400))
    cancelled = seed % 2 == 0
    end_s = dice.uniform(0.1, 60)
    end = {"cancel_after_s": end_s} if cancelled else {"lives_ms": int(1_000 * end_s)}
    sending = run(simulation.play(**end, by_alias=dice.random() < 0.3))
    assert judge(sending) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_comes_first_the_promises_hold(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    dice = random.Random(seed)
    simulation = Simulation(seed, dice.randrange(40, 400), POLICIES[seed % 3])
    # One shard, or several with a canary.
    simulation.engine.audience.estimates = dice.choice((None, 100, 400))
    cancel_after_s = dice.uniform(0.1, 4) if dice.random() < 0.4 else None
    sending = run(simulation.play(cancel_after_s))
    assert judge(sending) == []
    runs = simulation.engine.runs
    told = changes(logged(capsys, "run-state"))
    stored = Counter(change for change in runs.changes if change[1] is not None)
    # What happened is said once, and nothing else; but of a write whose answer was lost nobody knows that it happened.
    assert told <= stored
    silent = Counter(to for _, _, to in (stored - told).elements())
    assert silent <= Counter(run.state.value for run in runs.unheard)
