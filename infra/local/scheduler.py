"""Cloud Scheduler's clock: `python -m infra.local.scheduler --url URL --every SECONDS --audience A --email E
--identity FILE [--name sweep]` posts to a function at every tick, with the headers and the token of the service."""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from infra.local.identity import Identity, load_or_create
from infra.local.tasks.log import log

DEADLINE = 180.0  # seconds, Cloud Scheduler's default `attemptDeadline`


@dataclass(frozen=True)
class Job:
    name: str
    url: str
    every: float  # seconds
    audience: str
    email: str


async def run(job: Job, identity: Identity, http: httpx.AsyncClient) -> None:
    """Post at every tick, the first one after one period, for ever. While a post is under way ticks are skipped."""
    clock = asyncio.get_running_loop().time
    tick = clock() + job.every
    while True:
        await asyncio.sleep(tick - clock())
        await post(job, identity, http, datetime.now(UTC))
        missed = max(0.0, clock() - tick) // job.every
        tick += job.every * (1 + missed)


async def post(job: Job, identity: Identity, http: httpx.AsyncClient, scheduled: datetime) -> None:
    """One attempt. What goes wrong is logged; the next tick comes anyway."""
    token = identity.id_token(job.audience, job.email, time.time())
    # Cloud Scheduler API, `HttpTarget.headers`: what the service sets itself.
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/octet-stream",
        "user-agent": "Google-Cloud-Scheduler",
        "x-cloudscheduler": "true",
        "x-cloudscheduler-jobname": job.name,
        "x-cloudscheduler-scheduletime": scheduled.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    try:
        async with asyncio.timeout(DEADLINE):
            response = await http.post(job.url, headers=headers)
    except TimeoutError:
        log("ERROR", "scheduled call failed", job=job.name, error=f"no answer within {DEADLINE:g} s")
    except httpx.HTTPError as error:
        log("ERROR", "scheduled call failed", job=job.name, error=type(error).__name__)
    else:
        if not response.is_success:
            log("ERROR", "scheduled call failed", job=job.name, error=f"HTTP {response.status_code}")


async def serve(job: Job, identity: Identity) -> None:
    """Run until SIGTERM or SIGINT, which do not wait for a call under way."""
    async with httpx.AsyncClient(timeout=httpx.Timeout(None), follow_redirects=False, trust_env=False) as http:
        running = asyncio.create_task(run(job, identity, http))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.scheduler", description="A clock that posts.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--every", type=float, required=True, metavar="SECONDS")
    parser.add_argument("--audience", required=True, help="of the OIDC token")
    parser.add_argument("--email", required=True, help="service account of the OIDC token")
    parser.add_argument("--identity", type=Path, required=True, help="JSON file with the key that signs it")
    parser.add_argument("--name", default="sweep", help="of the job")
    given = parser.parse_args()
    if given.every <= 0:
        parser.error("--every must be more than 0 seconds")
    job = Job(given.name, given.url, given.every, given.audience, given.email)
    asyncio.run(serve(job, load_or_create(given.identity)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
