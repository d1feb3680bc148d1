"""boto3 waits for answers in threads; the event loop does not. As many threads as calls may be open."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from push.adapters.sns.client import SnsClient
from push.adapters.sns.lane import Lane
from push.adapters.sns.outcomes import is_throttled

_PUBLISHING = 24
_ADDRESSING = 8
CONNECTIONS = _PUBLISHING + _ADDRESSING
# Amazon's quotas for calls about endpoints are a tenth of those for messages, in every region.
_ENDPOINT_SHARE = 0.1


class Calls:
    """The calls of one process, never more than CONNECTIONS at once. `connect` makes the client, on first use.

    Each raises TooLate, or what the client raises.
    """

    def __init__(self, connect: Callable[[], SnsClient], per_second: float) -> None:
        self._connect = connect
        self._client: SnsClient | None = None
        self._opening = asyncio.Lock()
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="sns")
        # Lanes of their own, so that messages do not wait for endpoints of other targets.
        self._publishing = Lane(_PUBLISHING, per_second)
        self._addressing = Lane(_ADDRESSING, per_second * _ENDPOINT_SHARE)

    async def open(self) -> None:
        """Raises what `connect` raises."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.get_running_loop().run_in_executor(self._pool, self._connect)

    async def create_endpoint(self, deadline: float, **said: Any) -> str:
        """The ARN."""
        made = await self._call("create_platform_endpoint", self._addressing, deadline, said)
        return str(made["EndpointArn"])

    async def endpoint_attributes(self, deadline: float, endpoint: str) -> dict[str, str]:
        said = {"EndpointArn": endpoint}
        answer = await self._call("get_endpoint_attributes", self._addressing, deadline, said)
        return dict(answer["Attributes"])

    async def set_endpoint_attributes(self, deadline: float, endpoint: str, attributes: dict[str, str]) -> None:
        said = {"EndpointArn": endpoint, "Attributes": attributes}
        await self._call("set_endpoint_attributes", self._addressing, deadline, said)

    async def delete_endpoint(self, deadline: float, endpoint: str) -> None:
        await self._call("delete_endpoint", self._addressing, deadline, {"EndpointArn": endpoint})

    async def publish(self, deadline: float, begun: Callable[[], None], **said: Any) -> None:
        """`begun` is told just before anything may be sent."""
        await self._call("publish", self._publishing, deadline, said, begun)

    async def _call(
        self, name: str, lane: Lane, deadline: float, said: dict[str, Any], begun: Callable[[], None] = lambda: None
    ) -> Any:
        await lane.enter(deadline)
        begun()
        answer = asyncio.get_running_loop().run_in_executor(self._pool, partial(getattr(self._client, name), **said))
        answer.add_done_callback(partial(_leave, lane))
        try:
            # A thread cannot be called off: whoever stops waiting leaves it its place among the open calls.
            answered = await asyncio.shield(answer)
        except Exception as error:
            if is_throttled(error):
                lane.throttled()
            raise
        lane.answered()
        return answered

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            self._client.close()


def _leave(lane: Lane, answer: "asyncio.Future[Any]") -> None:
    lane.leave()
    if not answer.cancelled():
        answer.exception()  # looked at, or asyncio complains of one that nobody waits for any more
