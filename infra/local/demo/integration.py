"""An integration server: it knows the API's address and its own credentials, nothing else."""

from types import TracebackType
from typing import Any

import httpx

from infra.local.stackfile import AdminAccess, AppAccess
from infra.local.trouble import Broke


class Integration:
    """Devices are registered and heard as the app, schedules posted as the administrator."""

    def __init__(self, api: str, app: AppAccess, admin: AdminAccess) -> None:
        self._http = httpx.AsyncClient(base_url=f"{api}api/", trust_env=False, timeout=30)
        self._app, self._admin = app, admin
        self._as_app = self._as_admin = ""

    async def __aenter__(self) -> "Integration":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def log_in(self) -> None:
        app = {"client_id": self._app.client_id, "client_secret": self._app.client_secret}
        self._as_app = await self._token({"grant_type": "client_credentials", **app})
        person = {"username": self._admin.username, "password": self._admin.password}
        self._as_admin = await self._token({"grant_type": "password", **person})

    @property
    def app_token(self) -> str:
        """What the app's devices call with."""
        return self._as_app

    async def register(self, device: dict[str, Any]) -> dict[str, Any]:
        return await self._call("POST", "segmentation/appuser/", self._as_app, device)

    async def update(self, id: str, device: dict[str, Any]) -> dict[str, Any]:
        return await self._call("PUT", f"segmentation/appuser/{id}", self._as_app, device)

    async def post(self, schedule: dict[str, Any]) -> dict[str, Any]:
        return await self._call("POST", "push/schedule/", self._as_admin, schedule)

    async def make_template(self, template: dict[str, Any]) -> dict[str, Any]:
        return await self._call("POST", "push/template/", self._as_admin, template)

    async def report(self, said: dict[str, str]) -> dict[str, Any]:
        """As the SDK on the phone that says it does: a form from Android, JSON from iOS."""
        headers, path = _bearer(self._as_app), "push/schedule/activity"
        if said["platform"] == "android":
            return _object(await self._http.post(path, data=said, headers=headers))
        return _object(await self._http.post(path, json=said, headers=headers))

    async def results(self, schedule: str) -> dict[str, Any]:
        return await self._call("GET", f"push/schedule/{schedule}/results", self._as_admin)

    @property
    def token(self) -> str:
        """What the administrator calls with."""
        return self._as_admin

    async def cancel(self, schedule: str) -> dict[str, Any]:
        return await self._call("POST", f"push/schedule/{schedule}/cancel", self._as_admin)

    async def read(self, schedule: str) -> dict[str, Any]:
        return await self._call("GET", f"push/schedule/{schedule}", self._as_admin)

    async def _token(self, form: dict[str, str]) -> str:
        answer = await self._http.post("oauth/token", data=form)
        return str(_object(answer)["access_token"])

    async def _call(self, method: str, path: str, token: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return _object(await self._http.request(method, path, json=body, headers=_bearer(token)))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _object(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        call = f"{answer.request.method} {answer.request.url}"
        raise Broke(f"{call} was answered {answer.status_code}: {answer.text[:500]}")
    document: dict[str, Any] = answer.json()
    return document
