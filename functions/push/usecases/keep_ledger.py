"""One worker's hold on one shard: the lease, and the ledger that says what it has done.

Before a page is sent, one commit says "page P started" together with the absolute result of everything before it. So
whoever comes after a death knows: before the cursor nothing is open, after the page nothing has begun.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from push import logs
from push.domain.audience import LIST_SIZE
from push.domain.errors import Stale, Unavailable
from push.domain.outcome import Kind
from push.domain.page import Entry, Failure, Leftover, Settled
from push.domain.shard import WORKER_DIED, Page, Shard, Source, add, with_page_unknown
from push.ports import Commit, Ledger
from push.usecases.log_page import Worked, log_shard


class Hold:
    """Raises Stale from any commit once somebody else has taken the shard: then nothing more may be sent."""

    def __init__(
        self,
        ledger: Ledger,
        shard: Shard,
        version: Any,
        lease_s: float,
        project: str,
        leftovers: Sequence[Leftover] = (),
        due: int = 0,
        taken_over: bool = False,
    ) -> None:
        self._ledger = ledger
        self.shard = shard
        self._version = version
        # Somebody else has had the shard, and may not have come to what follows a commit.
        self.taken_over = taken_over
        self._leftovers = list(leftovers)
        self._due = due
        self._lease_s = lease_s
        self._sending = False
        # Somebody else's, which nobody has sent again so far.
        self._inherited = shard.page
        self._failures: list[Failure] = []
        self._lists: dict[str, Sequence[Leftover]] = {}
        self._spilled: list[Shard] = []
        self._stored: list[Shard] = []
        self._writing = asyncio.Lock()
        self._began_at = self._written_at = _now()
        self._project = project
        # What this worker has done with it, for the line at its end.
        self._targets = self._put_off = 0
        self.waited_ms = 0
        self.quota_ms = 0.0

    async def start_page(self, entries: Sequence[Entry], halted: Sequence[str] = ()) -> None:
        """From here on until `settle` the outcome of these is unknown to everybody else. Platforms that are `halted`
        are not sent."""
        if self._inherited and entries[0].position > self._inherited.end:
            # All of it are gone.
            self.shard, self._inherited = with_page_unknown(self.shard), None
        # An inherited page has as many outcomes as it had targets, whoever of them is gone by now.
        size = max(len(entries), self._inherited.size if self._inherited else 0)
        page = Page(number=self.shard.pages + 1, end=entries[-1].position, size=size, halted=tuple(halted))
        self._sending = False
        self.shard = self.shard.model_copy(update={"page": page, "pages": page.number})
        await self._commit()

    def settle(self, settled: Settled, good: Collection[str] = ()) -> None:
        """Every target of the page has its outcome. It is written with the next commit."""
        shard = self.shard
        self._sending = False
        self._inherited = None
        size = sum(settled.counts.values()) + len(settled.leftovers)
        # Targets no more, and the worker who died may have reached them.
        gone = shard.page.size - size if shard.page else 0
        self._targets += size
        counts = add(settled.counts, {Kind.UNKNOWN.value: gone})
        self.shard = shard.model_copy(
            update={
                "cursor": shard.page.end if shard.page else shard.cursor,
                "page": None,
                "counts": add(shard.counts, counts),
                "reasons": add(shard.reasons, add(settled.reasons, {WORKER_DIED: gone})),
                "good": tuple(sorted({*shard.good, *good})),
                "in_doubt": shard.in_doubt or any(each.in_doubt for each in settled.leftovers),
            }
        )
        self._failures += settled.failures
        if settled.leftovers:
            self._leftovers += settled.leftovers
            self._put_off += len(settled.leftovers)
            self._due = max(self._due, settled.due)
            while len(self._leftovers) >= LIST_SIZE:
                self._spill(LIST_SIZE)
            self._lists[self.shard.filling_list] = tuple(self._leftovers)

    async def finish(self) -> None:
        """The shard is done; its leftovers go on as shards of their own."""
        if self._leftovers:
            self._spill(LIST_SIZE)
        # A page is open still if it was inherited, and nobody was left.
        self.shard = with_page_unknown(self.shard).model_copy(update={"done": True, "worker": None})
        await self._commit()
        self._log("done")

    async def sending(self) -> None:
        """The started page is being handed to FCM: from now on letting go leaves it unknown.

        Raises Stale when this process was paused for so long that somebody else has the shard, and its page, by now."""
        if _now() - self._written_at > self._lease_s:
            await self._commit()
        self._sending = True

    async def pause(self, until: int) -> None:
        """Lets go until then (ms). Who has been tried goes on by itself: for the others the time begins anew."""
        if self.shard.planned:
            if self._leftovers:
                self._spill(LIST_SIZE)
            self.shard = self.shard.model_copy(update={"since": until})
        self.shard = self.shard.model_copy(update={"resume_at": until})
        await self._release()
        self._log("paused")

    async def let_go(self) -> None:
        """Whoever comes next need not wait for the lease to run out. A page that was started but not handed to FCM is
        taken back; one that was stays unknown, as after a death, and so does one that was inherited."""
        await self._release()
        self._log("let-go")

    async def _release(self) -> None:
        page = self.shard.page if self._sending else self._inherited
        self.shard = self.shard.model_copy(update={"worker": None, "page": page})
        await self._commit()

    @property
    def goes_on(self) -> bool:
        """Whether some of it will go on as a shard of leftovers when it is finished."""
        return bool(self._leftovers)

    def take_spilled(self) -> list[Shard]:
        """Shards of leftovers that a commit has stored since the last call: each needs a task."""
        stored, self._stored = self._stored, []
        return stored

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renews the lease in the background."""
        over = asyncio.Event()
        renewing = asyncio.create_task(self._renew(over))
        try:
            yield
        finally:
            # Never cancelled: a renewal in the middle of its commit carries results.
            over.set()
            await renewing

    async def _renew(self, over: asyncio.Event) -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), self._lease_s / 3)
            if over.is_set() or _now() - self._written_at < self._lease_s / 3:
                continue
            try:
                await self._commit()
            except Stale:
                return  # the next page's commit says so to whom it matters
            except Unavailable as error:
                logs.event("lease-not-renewed", "WARNING", run=self.shard.run, shard=self.shard.id, error=error)

    async def _commit(self) -> None:
        """What is pending is let go of only once it is stored."""
        async with self._writing:
            began = _now()
            self.shard = self.shard.model_copy(update={"beats": self.shard.beats + 1})
            failures, lists, spilled = list(self._failures), dict(self._lists), list(self._spilled)
            commit = Commit(self.shard, tuple(failures), tuple(lists.items()), tuple(spilled))
            self._version = await self._ledger.commit(commit, self._version)
            self._failures = self._failures[len(failures) :]
            self._spilled = self._spilled[len(spilled) :]
            self._lists = {name: items for name, items in self._lists.items() if lists.get(name) is not items}
            self._written_at = began
            self._stored += spilled
        if _now() - began > self._lease_s:
            raise Stale

    def _log(self, end: str) -> None:
        took_s = _now() - self._began_at
        worked = Worked(took_s, self._targets, self._put_off, self.waited_ms, self.quota_ms)
        log_shard(self.shard, end, self._project, worked)

    @property
    def at_its_first_page(self) -> bool:
        """Nothing before it has an outcome."""
        return not self.shard.cursor

    def _spill(self, size: int) -> None:
        items, self._leftovers = self._leftovers[:size], self._leftovers[size:]
        shard = self.shard
        self._lists[shard.filling_list] = tuple(items)
        self._spilled.append(
            Shard(
                id=shard.filling_list,
                run=shard.run,
                planned=False,
                source=Source.LEFTOVERS,
                list_id=shard.filling_list,
                generation=shard.generation + 1,
                due_at=self._due,
                since=shard.since,
                in_doubt=any(each.in_doubt for each in items),
            )
        )
        if not self._leftovers:
            self._due = 0
        self.shard = shard.model_copy(update={"filling": shard.filling + 1})


def _now() -> float:
    return asyncio.get_running_loop().time()
