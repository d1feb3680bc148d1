"""Sends the request of an attempt and answers what came of it, an `Outcome`; it does not raise."""

import asyncio
import random
import time
from datetime import timedelta
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from google.cloud import tasks_v2

from infra.local.identity import Identity
from infra.local.tasks import names, outcome
from infra.local.tasks.behaviour import Behaviour
from infra.local.tasks.outcome import Outcome
from infra.local.tasks.stored_task import StoredTask
from infra.local.tasks.target import Request, request

CONNECTIONS = 512  # of all queues together; what exceeds it waits within its deadline


def client() -> httpx.AsyncClient:
    """HTTP/1.1, straight to the worker (no proxy), no redirects, no cookies; the deadline is the attempt's, not the
    socket's."""
    return httpx.AsyncClient(
        # Gunicorn closes idle connections after 2 s: let go first, or a request meets a closing one.
        limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=1.0),
        timeout=httpx.Timeout(None),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


class Sender:
    """What all queues share: the connections, the signing key and the faults asked for."""

    def __init__(self, http: httpx.AsyncClient, identity: Identity, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._http = http
        self._signed = lru_cache(maxsize=256)(identity.id_token)

    async def send(self, stored: StoredTask, queue: tasks_v2.Queue) -> Outcome:
        """Make the attempt. Past the task's deadline the connection is closed and the answer lost."""
        faults = self.behaviour if self.behaviour.concerns(names.short(queue.name)) else Behaviour()
        twice = random.random() < faults.deliver_twice  # noqa: S311 - a dice, not a secret
        dropped = random.random() < faults.drop_answer  # noqa: S311
        wanted, deadline = request(stored, queue, self._mint), stored.message.dispatch_deadline
        requests = [self._send(wanted, deadline) for _ in range(2 if twice else 1)]
        result = (await asyncio.gather(*requests))[0]
        return outcome.unanswered("the answer was dropped on request") if dropped and result.done else result

    async def _send(self, wanted: Request, deadline: timedelta) -> Outcome:
        seconds = deadline.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.request(
                    wanted.method, wanted.url, headers=wanted.headers, content=wanted.body or None
                )
        except TimeoutError:
            return outcome.too_late(seconds)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return outcome.unanswered(type(error).__name__)
        return outcome.answered(response.status_code)

    def _mint(self, audience: str, email: str) -> str:
        # One token a minute for each audience: signing costs more than everything else in an attempt.
        return self._signed(audience, email, time.time() // 60 * 60)
