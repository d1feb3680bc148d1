"""Calls to Google's services over gRPC that did not get through, tried again: a few times, within a few seconds."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from google.api_core import exceptions as google

# What may be gone in a moment. A call that ran out of time is not among them: there is none left.
PASSING = (
    google.ServiceUnavailable,
    google.InternalServerError,
    google.ResourceExhausted,
    google.Aborted,
    google.Unknown,
)


# No try begins later than that after the first one (s): a call takes its own deadline and this at the most.
BEGUN_WITHIN_S = 3.0


class Tries:
    """What Google's clients take as `retry`. For a stream it is about its beginning. `again` says of a request whether
    it may be made twice."""

    def __init__(self, most: int, again: Callable[[Any], bool] = lambda _: True) -> None:
        self._most = most
        self._again = again

    def __call__(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def tried(request: Any, **how: Any) -> Any:
            over = time.monotonic() + BEGUN_WITHIN_S
            attempt = 0
            while True:
                attempt += 1
                try:
                    return await call(request, **how)
                except PASSING:
                    pause_s = backoff_s(attempt)
                    late = time.monotonic() + pause_s >= over
                    if attempt >= self._most or late or not self._again(request):
                        raise
                    await asyncio.sleep(pause_s)

        return tried


def backoff_s(attempt: int) -> float:
    """Before attempt 1, 2, 3 …: about 0.1, 0.2, 0.4 s; a blip is over by then, and the queue waits for the rest."""
    return 0.1 * 2.0 ** min(attempt - 1, 5) * (1 + random.random())  # noqa: S311
