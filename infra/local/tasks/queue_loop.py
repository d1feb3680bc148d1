"""One queue's loop: it dispatches what is due, woken by a timer for the next task or by whoever changes something."""

import asyncio
import time
from dataclasses import dataclass

from google.cloud import tasks_v2

from infra.local.tasks import names
from infra.local.tasks.clock import SECOND_US, now_us
from infra.local.tasks.log import log
from infra.local.tasks.outcome import Outcome
from infra.local.tasks.rates import Rate
from infra.local.tasks.retries import RetryPolicy
from infra.local.tasks.sender import Sender
from infra.local.tasks.store import Store
from infra.local.tasks.stored_task import StoredTask

LONGEST_SLEEP = 60.0  # seconds; the wall clock may be set, or the machine sleep, while a timer runs


@dataclass
class Tally:
    """What a queue has done since the emulator was started."""

    done: int = 0
    failed_attempts: int = 0
    given_up: int = 0
    last_error: str | None = None


class QueueLoop:
    """Dispatches one queue within its rate and concurrency, for as long as the queue exists."""

    def __init__(self, queue: tasks_v2.Queue, store: Store, sender: Sender) -> None:
        self.name = str(queue.name)
        self.tally = Tally()
        self.rate = Rate(queue.rate_limits.max_dispatches_per_second, time.monotonic())
        self.in_flight: set[asyncio.Task[None]] = set()
        self._store = store
        self._sender = sender
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while queue := self._store.queue(self.name):
            self._woken.clear()
            pause = self._dispatch(queue)
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                pass  # something is due

    def _dispatch(self, queue: tasks_v2.Queue) -> float | None:
        """Start every attempt that may start now. Answers the seconds until the next may, None if only a change in
        the queue or an attempt's end can bring it."""
        limits = queue.rate_limits
        self.rate.configure(limits.max_dispatches_per_second, time.monotonic())
        while queue.state == tasks_v2.Queue.State.RUNNING and len(self.in_flight) < limits.max_concurrent_dispatches:
            due_us = self._store.next_due_us(self.name)
            if due_us is None:
                return None
            if (pause_us := due_us - now_us()) > 0:
                return min(pause_us / SECOND_US, LONGEST_SLEEP)
            if pause := self.rate.wait(time.monotonic()):
                return pause
            if stored := self._store.claim(self.name, now_us()):
                self.rate.take()
                self._start(stored, queue)
        return None

    def _start(self, stored: StoredTask, queue: tasks_v2.Queue) -> None:
        running = asyncio.create_task(self._attempt(stored, queue))
        self.in_flight.add(running)
        running.add_done_callback(self._ended)

    def _ended(self, running: asyncio.Task[None]) -> None:
        self.in_flight.discard(running)
        if not running.cancelled() and (error := running.exception()):
            log("ERROR", "attempt broke; its task waits for the next start", queue=self.name, error=repr(error))
        self.wake()

    async def _attempt(self, stored: StoredTask, queue: tasks_v2.Queue) -> None:
        result = await self._sender.send(stored, queue)
        if result.done:
            self.rate.succeeded()
            self.tally.done += 1
            self._store.end_task(stored.id)
            return
        if result.overloaded:
            self.rate.overloaded(time.monotonic())
        self._failed(stored, queue, result)

    def _failed(self, stored: StoredTask, queue: tasks_v2.Queue, result: Outcome) -> None:
        config = stored.message.retry_config if "retry_config" in stored.message else queue.retry_config
        policy, now = RetryPolicy.of(config), now_us()
        given_up = policy.exhausted(stored.dispatches, now - (stored.first_dispatch_us or now))
        self.tally.failed_attempts += 1
        self.tally.given_up += given_up
        self.tally.last_error = f"{names.short(stored.name)}: {result.reason} (attempt {stored.dispatches})"
        log(
            "ERROR" if given_up else "INFO",
            "task given up" if given_up else "attempt failed",
            task=stored.name,
            status=result.reason,
            attempt=stored.dispatches,
        )
        if given_up:
            self._store.end_task(stored.id)
        else:
            due_us = now + policy.backoff_us(stored.dispatches)
            self._store.retry(stored.id, due_us, result.response, result.code, result.reason, now)
