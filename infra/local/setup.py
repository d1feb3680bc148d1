"""`python -m infra.local.setup`: what a new stack needs before it works: its queues, an app, an administrator."""

import argparse
import asyncio
import os
from pathlib import Path

import grpc.aio
import httpx
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from infra.local import amazon, seed
from infra.local.queues import make_queues
from infra.local.secrets import load
from push.domain.app import SnsApplications
from push.settings import Settings

_ASK_EVERY = 0.1  # seconds


async def answering(url: str) -> None:
    """Returns when the URL answers; the supervisor is the one who loses patience."""
    async with httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                await http.get(url)
            except httpx.HTTPError:
                await asyncio.sleep(_ASK_EVERY)
            else:
                return


async def queues(settings: Settings, control: str, ports: dict[str, int]) -> None:
    await answering(control)
    async with grpc.aio.insecure_channel(settings.cloud_tasks_emulator_host) as channel:
        client = tasks_v2.CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))
        await make_queues(client, settings, ports)


async def stored(settings: Settings, firestore: str, secrets: Path) -> None:
    await answering(firestore)
    applications = SnsApplications()
    if settings.sns_endpoint:
        await answering(settings.sns_endpoint)
        applications = await asyncio.to_thread(amazon.make_applications, settings)
    await seed.seed(settings, load(secrets), applications)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.local.setup", description=__doc__)
    parser.add_argument("--secrets", type=Path, required=True)
    parser.add_argument("--firestore", required=True, help="URL that answers when the emulator does")
    parser.add_argument("--tasks", required=True, help="URL that answers when the emulator does")
    parser.add_argument("--send", type=int, required=True, help="port of the function")
    parser.add_argument("--deliver", type=int, required=True, help="port of the function")
    parser.add_argument("--work", type=int, required=True, help="port of the function")
    given = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    ports = {
        settings.send_queue: given.send,
        settings.deliver_queue: given.deliver,
        settings.urgent_queue: given.deliver,
        settings.work_queue: given.work,
    }
    await asyncio.gather(queues(settings, given.tasks, ports), stored(settings, given.firestore, given.secrets))


if __name__ == "__main__":
    asyncio.run(main())
