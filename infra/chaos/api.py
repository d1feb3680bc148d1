"""An integration server that does not give up: whatever is killed, it asks again, and no schedule is posted twice."""

import asyncio
import secrets
import time
from typing import Any

import httpx

from infra.chaos.stage import Stage

PATIENCE_S = 60.0


class Api:
    """`server` posts schedules, `phone` syncs devices of the stack's own app."""

    def __init__(self, stage: Stage, http: httpx.AsyncClient) -> None:
        self._stack = stage.stack
        self._http = http
        self._server = self._phone = ""

    async def log_in(self) -> None:
        app, admin = self._stack.app, self._stack.admin
        self._server = await self._token(
            grant_type="password", username=admin.username, password=admin.password
        )  # fmt: skip
        self._phone = await self._token(
            grant_type="client_credentials", client_id=app.client_id, client_secret=app.client_secret
        )

    async def post(self, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Idempotency-Key": secrets.token_hex(12)}
        return _object(await self._ask("POST", "push/schedule/", json=body, headers=headers))

    async def read(self, schedule: str) -> dict[str, Any]:
        return _object(await self._ask("GET", f"push/schedule/{schedule}"))

    async def edit(self, schedule: str, body: dict[str, Any]) -> bool:
        """Whether it was still possible."""
        answer = await self._ask("PUT", f"push/schedule/{schedule}", json=body)
        return answer.status_code == 200

    async def cancel(self, schedule: str) -> bool:
        answer = await self._ask("POST", f"push/schedule/{schedule}/cancel")
        return answer.status_code == 200

    async def accepted(self, schedule: str) -> int:
        """How many of its messages FCM has taken so far."""
        answer = await self._http.get(f"{self._stack.fcm}/inbox/counts", params={"scheduleId": schedule})
        return int(_object(answer)["accepted"])

    async def sync(self, device: str, tokens: list[str]) -> str:
        """What a phone does now and then; it does not insist. The answer's status, or what there was instead."""
        body = {"devices": [{"platform": "android", "token": token} for token in tokens], "replaceTokens": True}
        try:
            answer = await self._http.put(
                f"{self._stack.api}api/segmentation/appuser/{device}", json=body, headers=_bearer(self._phone)
            )
        except httpx.TransportError as error:
            return type(error).__name__
        return str(answer.status_code)

    async def _token(self, **form: str) -> str:
        answer = await self._http.post(f"{self._stack.api}api/oauth/token", data=form)
        return str(_object(answer)["access_token"])

    async def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **how: Any) -> httpx.Response:
        """Until somebody answers who could: what is in trouble says 503, or nothing at all."""
        over = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = await self._http.request(
                    method, f"{self._stack.api}api/{path}", headers=_bearer(self._server) | (headers or {}), **how
                )
                if answer.status_code < 500 or time.monotonic() > over:
                    return answer
            except httpx.TransportError:
                if time.monotonic() > over:
                    raise
            await asyncio.sleep(0.3)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _object(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:500]}")
    document: dict[str, Any] = answer.json()
    return document
