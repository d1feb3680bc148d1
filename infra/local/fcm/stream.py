"""Server-Sent Events for the page: a small count whenever something changed, at most twice a second."""

import asyncio
import json

from granian.rsgi import HTTPProtocol  # type: ignore[attr-defined]  # re-exported without saying so

from infra.local.fcm.send import State

PAUSE = 0.5  # s; coalesces thousands of messages into one event
SILENCE = 15.0  # s; then a comment goes out, so that a connection that broke is noticed


def _counts(state: State) -> str:
    rules = state.behaviour.settings.rules
    quotas = state.behaviour.settings.quota_per_second, state.behaviour.settings.quota_per_minute
    faults = len(rules) + sum(quota is not None for quota in quotas)
    return json.dumps(
        {
            "accepted": len(state.inbox.entries),
            "phones": state.inbox.targets,
            "faults": faults,
            "applied": sum(state.behaviour.applied),
        }
    )


async def stream_events(state: State, protocol: HTTPProtocol, stopping: asyncio.Event) -> None:
    headers = [("content-type", "text/event-stream"), ("cache-control", "no-store")]
    transport = protocol.response_stream(200, headers)
    gone = asyncio.ensure_future(protocol.client_disconnect())
    stopped = asyncio.ensure_future(stopping.wait())
    last, quiet = "", 0.0
    try:
        while not gone.done() and not stopped.done():
            counts = _counts(state)
            if counts != last or quiet >= SILENCE:
                await transport.send_str(f"data: {counts}\n\n" if counts != last else ": still here\n\n")
                last, quiet = counts, 0.0
            await asyncio.wait([gone, stopped], timeout=PAUSE, return_when=asyncio.FIRST_COMPLETED)
            quiet += PAUSE
    finally:
        gone.cancel()
        stopped.cancel()
