"""How fast Amazon is called (Amazon SNS, *Endpoints and quotas*: for a whole account, which throttles above that)."""

import asyncio

_SLOWEST = 1.0
_PAUSE_S = 1.0
# Back at the full rate after some hundred calls that were answered.
_RECOVERY = 1 / 200


class TooLate(Exception):
    """The call was not begun: its page has no time left."""


class Lane:
    """Calls of one kind: `at_once` of them open, `per_second` begun.

    Half as many a second after Amazon throttles, and slowly more again: other processes share the account's quota, and
    how many there are nobody tells.
    """

    def __init__(self, at_once: int, per_second: float) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._full = self._rate = per_second
        self._next = 0.0
        self._slowed_until = 0.0

    async def enter(self, deadline: float) -> None:
        """Returns when a call may begin; whoever enters leaves. Raises TooLate past the deadline (the loop's time)."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._free.acquire()
                try:
                    await self._turn()
                except BaseException:
                    self._free.release()
                    raise
        except TimeoutError:
            raise TooLate from None
        if asyncio.get_running_loop().time() >= deadline:  # nothing was waited for, so nothing looked at the time
            self._free.release()
            raise TooLate

    def leave(self) -> None:
        self._free.release()

    def answered(self) -> None:
        self._rate = min(self._full, self._rate + self._full * _RECOVERY)

    def throttled(self) -> None:
        """What comes back together counts once: it was sent before anybody knew."""
        now = asyncio.get_running_loop().time()
        if now >= self._slowed_until:
            self._rate = max(_SLOWEST, self._rate / 2)
            self._slowed_until = now + _PAUSE_S
            self._next = max(self._next, now + _PAUSE_S)

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time()
        at = max(now, self._next)
        self._next = at + 1 / self._rate
        if at > now:
            await asyncio.sleep(at - now)
