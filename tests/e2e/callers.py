"""Who calls the stack from outside: an integration server, its phones, and somebody who stores a crowd."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from infra.local.environment import AUDIENCE, invoker
from infra.local.identity import load_or_create
from infra.local.supervisor import Stack
from push.bootstrap import Container
from push.domain.app import App
from push.domain.device import Device
from push.settings import Settings

PATIENCE_S = 60.0


class Caller:
    """An integration server and its phones, over HTTP alone."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.app_id = stack.app.app_id
        self.http = httpx.Client(base_url=stack.api, timeout=30)
        self.fcm = httpx.Client(base_url=stack.fcm, timeout=30)
        self.server = self._token(
            grant_type="password", username=stack.admin.username, password=stack.admin.password
        )  # fmt: skip
        self.phone = self._token(
            grant_type="client_credentials",
            client_id=stack.app.client_id,
            client_secret=stack.app.client_secret,
        )

    def close(self) -> None:
        self.http.close()
        self.fcm.close()

    def _token(self, **fields: str) -> dict[str, str]:
        answer = self.http.post("api/oauth/token", data=fields)
        answer.raise_for_status()
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def register(self, alias: str, *tokens: str, platform: str = "android", tags: Sequence[dict[str, str]] = ()) -> Any:
        body = {
            "alias": alias,
            "devices": [{"platform": platform, "token": token} for token in tokens or (f"{alias}-token",)],
            "tags": list(tags),
        }
        answer = self.http.post("api/segmentation/appuser/", json=body, headers=self.phone)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def identified(self, what: str, **said: Any) -> Any:
        """A phone registers a user, or logs one in."""
        answer = self.http.post(f"api/segmentation/identified/{what}", headers=self.phone, **said)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def post(self, **body: Any) -> Any:
        answer = self.http.post("api/push/schedule/", json={"appId": self.app_id, **body}, headers=self.server)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def read(self, id: str) -> Any:
        answer = self.http.get(f"api/push/schedule/{id}", headers=self.server)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sent(self, id: str, patience_s: float = PATIENCE_S) -> Any:
        """Waits for the schedule to be sent."""
        deadline = time.monotonic() + patience_s
        while (schedule := self.read(id))["state"] in ("scheduled", "sending"):
            assert time.monotonic() < deadline, f"not sent within {patience_s:g} s: {schedule}"
            time.sleep(0.1)
        return schedule

    def inbox(self, id: str) -> list[Any]:
        answer = self.fcm.get("/inbox", params={"scheduleId": id})
        answer.raise_for_status()
        rows: list[Any] = answer.json()
        return rows

    def received(self, id: str) -> Counter[str]:
        return Counter(row["target"] for row in self.inbox(id))

    def behave(self, **behaviour: Any) -> None:
        self.fcm.put("/behaviour", json=behaviour).raise_for_status()


def wait_for(reached: Callable[[], Any], what: str = "") -> Any:
    """What it answers once that is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := reached()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


def call_function(stack: Stack, name: str, body: Any = None, **how: Any) -> httpx.Response:
    """One of the private functions, as the deployment's own invoker calls it."""
    url = next(part.where for part in stack.plan.parts if part.name == name)
    token = load_or_create(stack.plan.state / "identity.json").id_token(AUDIENCE, invoker(stack.project), time.time())
    return httpx.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30, **how)


def put_devices(stack: Stack, app: int, devices: Sequence[Device], project: str = "") -> None:
    """Many devices at once, where the functions keep them, heard of just now; makes the app as well."""
    now = int(time.time() * 1000)
    devices = [each.model_copy(update={"seen_at": now}) for each in devices]

    async def put() -> None:
        ports = Container(Settings.from_environment(stack.env))
        try:
            if await ports.apps.get(app) is None:
                await ports.apps.put(
                    App(id=app, name=f"App {app}", firebase_project=project or stack.project, created_at=0)
                )
            for start in range(0, len(devices), 5_000):
                await ports.devices.put_many(app, devices[start : start + 5_000])
        finally:
            await ports.close()

    with pytest.MonkeyPatch.context() as patch:
        # Google's client looks for the emulator here and nowhere else.
        patch.setenv("FIRESTORE_EMULATOR_HOST", stack.firestore)
        asyncio.run(put())
