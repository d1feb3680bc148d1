"""What phones said, in memory."""

from collections.abc import Sequence

from fakes.clock import FakeClock
from push.domain.activity import Action, Event, Tally
from push.domain.errors import Unavailable


class FakeActivity:
    """`moments` by run, device and action; `calls` are the sizes of what came together."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.moments: dict[tuple[str, str, Action], int] = {}
        self.platforms: dict[tuple[str, str], str] = {}
        self.tallies: dict[str, Tally] = {}
        self.calls: list[int] = []
        self.broken = False
        self.uncountable = False

    async def record_many(self, events: Sequence[Event]) -> None:
        if self.broken:
            raise Unavailable("broken")
        self.calls.append(len(events))
        for event in events:
            key = (event.run, event.device, event.action)
            self.platforms[event.run, event.device] = event.platform
            self.moments[key] = min(event.at, self.moments.get(key, event.at))

    async def tally(self, run: str) -> Tally | None:
        if self.uncountable:
            return None
        did = [action for of, _, action in self.moments if of == run]
        receipt, open_, dismiss = (did.count(action) for action in Action)
        known = self.tallies.get(run, Tally(0, 0, 0, 0))
        receipt, open_, dismiss = map(max, (receipt, open_, dismiss), known[:3])
        self.tallies[run] = Tally(receipt, open_, dismiss, self.clock.now())
        return self.tallies[run]
