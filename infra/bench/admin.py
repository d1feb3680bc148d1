"""`python -m infra.bench.admin send_each|send_each_async TOKENS ENDPOINT`: firebase-admin as it is documented.

Chunks of 500 messages, one call for each. It can be told neither the endpoint nor what goes with it, so these are set
where it keeps them.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import firebase_admin
from firebase_admin import credentials, messaging
from google.auth.credentials import AnonymousCredentials

from infra.bench.crowd import PAYLOAD
from infra.bench.server import MIB, peak_rss

CHUNK = 500


class _NoLogin(credentials.Base):  # type: ignore[misc]  # it ships no types
    def get_credential(self) -> Any:
        return AnonymousCredentials()


def messages(tokens: list[str]) -> list[Any]:
    shown = PAYLOAD.notification
    data = {"scheduleId": "0" * 24, "title": shown.title, "body": shown.body, "sound": shown.sound}
    android = messaging.AndroidConfig(priority="high", ttl=86_400)
    return [messaging.Message(token=token, data=data, android=android) for token in tokens]


def send(way: str, tokens: list[str]) -> int:
    """How many were accepted."""
    if way == "send_each_async":
        return asyncio.run(_send_async(tokens))
    accepted = 0
    for start in range(0, len(tokens), CHUNK):
        accepted += messaging.send_each(messages(tokens[start : start + CHUNK])).success_count
    return accepted


async def _send_async(tokens: list[str]) -> int:
    accepted = 0
    for start in range(0, len(tokens), CHUNK):
        answer = await messaging.send_each_async(messages(tokens[start : start + CHUNK]))
        accepted += answer.success_count
    return accepted


def redirect(endpoint: str) -> None:
    """To the sink, with the pool of connections that it keeps for FCM's own address."""
    app = firebase_admin.initialize_app(_NoLogin(), {"projectId": "bench"})
    service = messaging._get_messaging_service(app)
    service._fcm_url = f"{endpoint}/v1/projects/bench/messages:send"
    session = service._client.session
    session.mount(endpoint, session.get_adapter("https://fcm.googleapis.com"))


def main() -> None:
    way, path, endpoint = sys.argv[1:]
    tokens = json.loads(Path(path).read_text())
    redirect(endpoint)
    began, before = time.perf_counter(), time.process_time()
    accepted = send(way, tokens)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - before
    peak_mib = peak_rss(os.getpid()) / MIB
    json.dump({"accepted": accepted, "seconds": seconds, "cpu_s": cpu_s, "peak_mib": peak_mib}, sys.stdout)


if __name__ == "__main__":
    main()
