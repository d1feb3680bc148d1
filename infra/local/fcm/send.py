"""One `messages:send`: who may send, is there quota, is the message valid, which fault does it meet, then the inbox."""

import asyncio
import json
from typing import Literal, NamedTuple

from infra.local.fcm.behaviour import Behaviour
from infra.local.fcm.check import check
from infra.local.fcm.errors import NAMED, Refused, missing_credentials, project_quota
from infra.local.fcm.inbox import Inbox, schedule_of
from infra.local.fcm.journal import Journal, now_ms


class Answer(NamedTuple):
    status: int
    body: bytes
    retry_after: int | None = None


class State:
    """What the emulator remembers."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.journal = Journal()
        self.behaviour = Behaviour()


async def send(
    state: State, project: str, authorization: str, body: bytes, client: str = ""
) -> Answer | Literal["cut"]:
    """FCM's answer, or "cut" where the connection (from `client`, "host:port") is to be cut instead."""
    behaviour = state.behaviour
    try:
        name = await _send(state, behaviour, project, authorization, body, client)
    except Refused as refused:
        if refused.code < 500 and refused.code != 429:
            behaviour.quota.spend(project)
        return Answer(refused.code, json.dumps(refused.document).encode(), refused.retry_after)
    return Answer(200, f'{{"name": "projects/{project}/messages/{name}"}}'.encode()) if name else "cut"


async def _send(
    state: State, behaviour: Behaviour, project: str, authorization: str, body: bytes, client: str
) -> str | None:
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise missing_credentials()
    if (seconds := behaviour.quota.retry_after(project)) is not None:
        raise project_quota(project, seconds)
    came, request = now_ms(), check(body)
    rule, wait = behaviour.fault(request.target)
    if wait:
        await asyncio.sleep(wait)
    answer = rule.error or (f"cut {rule.drop} accepting" if rule.drop else "accepted")
    state.journal.add(came, request.target, schedule_of(request.message), answer, client)
    if rule.error:
        raise NAMED[rule.error](project, rule.retry_after)
    if rule.drop == "before":
        return None
    behaviour.quota.spend(project)
    if request.validate_only:
        return "fake_message_id"
    entry = state.inbox.add(now_ms(), request.target, request.message)
    return None if rule.drop == "after" else f"0:{entry.at}%{entry.number:016x}"
