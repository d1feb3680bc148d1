"""Who gets the next places for requests in flight: urgent messages first, then the projects in turn.

A project may hold at most eight times as many places as are free. One project alone gets most of them, several get
equal shares, and there are always some left for one that comes next: a project whose answers take ten seconds never
makes another wait for them. (Choudhury and Hahne, *Dynamic queue length thresholds for shared-memory packet switches*.)
"""

from collections import deque
from collections.abc import Iterator

from push.adapters.fcm.batch import Batch

# An urgent message must not wait until one of a broadcast is answered.
URGENT_SHARE = 0.1
_TIMES_FREE = 8
# Messages that a project gets places for before it is the next one's turn.
_TURN = 50


class Lane:
    """What one project has waiting, and how many places it holds."""

    def __init__(self) -> None:
        self.batches: deque[Batch] = deque()
        self.held = 0


class Waiting:
    """The loop's thread uses it alone, but for `add`."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._ordinary_places = places - int(places * URGENT_SHARE)
        self._arrived: deque[Batch] = deque()
        self._lanes: dict[tuple[bool, str], Lane] = {}
        # By urgency: lanes in which somebody waits, and places held.
        self._turns: dict[bool, deque[Lane]] = {True: deque(), False: deque()}
        self._held = {True: 0, False: 0}

    def add(self, batch: Batch) -> None:
        self._arrived.append(batch)

    def grants(self) -> Iterator[tuple[Batch, int]]:
        """Messages that may go now. Each holds its place until `release`."""
        self._admit()
        for urgent, turns in self._turns.items():
            passed = 0
            while passed < len(turns):
                lane = turns[0]
                turns.rotate(-1)
                room = self._room(lane, urgent)
                passed = 0 if room else passed + 1
                while room and lane.batches:
                    batch = lane.batches[0]
                    count = min(room, len(batch.bodies) - batch.begun)
                    room -= count
                    lane.held += count
                    self._held[urgent] += count
                    first, batch.begun = batch.begun, batch.begun + count
                    if batch.begun == len(batch.bodies):
                        lane.batches.popleft()
                    for index in range(first, first + count):
                        yield batch, index
                if not lane.batches:
                    turns.remove(lane)

    def release(self, batch: Batch) -> None:
        """The message that held the place was answered."""
        self._lanes[batch.urgent, batch.project].held -= 1
        self._held[batch.urgent] -= 1

    def batches(self) -> list[Batch]:
        """All in which somebody waits."""
        self._admit()
        return [batch for lane in self._lanes.values() for batch in lane.batches]

    def withdraw(self, batch: Batch) -> range:
        """Those of a batch's messages that have no place: they get none any more."""
        self._admit()
        lane = self._lanes.get((batch.urgent, batch.project))
        if lane and batch in lane.batches:
            lane.batches.remove(batch)
            if not lane.batches:
                self._turns[batch.urgent].remove(lane)
        first, batch.begun = batch.begun, len(batch.bodies)
        return range(first, batch.begun)

    def _admit(self) -> None:
        while self._arrived:
            batch = self._arrived.popleft()
            lane = self._lanes.setdefault((batch.urgent, batch.project), Lane())
            if not lane.batches:
                self._turns[batch.urgent].append(lane)
            lane.batches.append(batch)

    def _room(self, lane: Lane, urgent: bool) -> int:
        free = self._places - self._held[True] - self._held[False]
        if not urgent:
            free = min(free, self._ordinary_places - self._held[False])
        return min(_TURN, max(0, (_TIMES_FREE * free - lane.held) // (_TIMES_FREE + 1)))
