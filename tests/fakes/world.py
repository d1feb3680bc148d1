"""The API over fakes: two apps, an account for each role, one of them made here, and one tag; without a socket."""

import asyncio
import copy
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from functools import cache
from typing import Any, cast

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from fakes import made
from fakes.ports import FakePorts
from push.domain.account import Account, Caller, Right
from push.domain.app import AliasPolicy, App, Client, ClientSecret, hash_secret
from push.domain.role import Role
from push.domain.tag import Tag, TagType, tag_key
from push.domain.user import User
from push.entrypoints.api.app import build
from push.ports import Ports
from push.settings import Settings
from push.usecases.read_status import Board
from push.usecases.report_activity import Intake

SECRET = "a client's secret"
PASSWORD = "a person's password"
ANN = User(
    id=f"identified-{'a' * 24}", app=2, email="ann@example.org", name="Ann", surname="Lee", created_at=0, updated_at=0
)
ANDROID = Tag(id="56deeb7e669aee2a00bc82ec", name="Platform Name", value="android", type=TagType.DEVICE)


def settings(**more: Any) -> Settings:
    values: dict[str, Any] = {
        "google_cloud_project": "demo",
        "tasks_location": "europe-west1",
        "token_keys": "{}",
        "key_pepper": "a pepper for tests only",
        "invoker": "invoker@demo.iam.gserviceaccount.com",
        "oidc_audience": ("halo-push",),
    }
    return Settings(**(values | more))


def app(id: int, **more: Any) -> App:
    client = Client(id=f"client-{id}", secrets=(ClientSecret(hash=hash_secret(SECRET), created_at=0),))
    known = {"name": f"App {id}", "firebase_project": f"firebase-{id}", "firebase_api_key": "a-key", "created_at": 0}
    return App(id=id, clients=(client,), **known | more)


_WORLD: ContextVar["World"] = ContextVar("world")


class _Of:
    """What the world of the request at hand has under a name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(_WORLD.get(), self._name), name)


@cache
def _application() -> ASGIApp:
    """One a process, as when it is deployed: FastAPI takes a tenth of a second to prepare its routes."""
    return build(cast(Ports, _Of("ports")), settings(), cast(Intake, _Of("intake")), cast(Board, _Of("board")))


class World:
    """App 2 is as apps are, ANN its user; app 3 hands aliases over, lets its client push, and has its own sound."""

    def __init__(self, intake: Intake | None = None, **more: Any) -> None:
        self.ports = FakePorts()
        self.ports.apps.stored = {
            2: app(2),
            3: app(3, alias_policy=AliasPolicy.OPEN, client_may_push=True, sounds=("cork",)),
        }
        self.ports.accounts.stored = {
            role: Account(id=role, username=role, password_hash=f"hashed {PASSWORD}", role=role, created_at=0)
            for role in ("admin", "manager", "editor", "gardener")
        }
        self.ports.roles.stored["gardener"] = Role(name="gardener", rights=(Right.TAGS,))
        self.ports.tags.stored = {ANDROID.id: ANDROID}
        self.ports.users.stored = {(ANN.app, ANN.id): ANN}
        self.intake = intake or Intake()
        self.board = Board()
        self.run: Callable[[Coroutine[Any, Any, httpx.Response]], httpx.Response] = asyncio.run
        self._application = build(self.ports, settings(**more), self.intake, self.board) if more else _application()

    async def api(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, for requests about this world."""
        _WORLD.set(self)
        await self._application(scope, receive, send)

    def token(self, who: str | int | User = "admin") -> str:
        """An access token of the account of that role, of that app's client, or of that user."""
        if isinstance(who, User):
            caller = Caller(subject=who.id, app=who.app, user=who.id)
        elif isinstance(who, int):
            caller = Caller(subject=f"client-{who}", app=who)
        else:
            caller = Caller(subject=who, role=who)
        return self.ports.tokens.issue(caller, self.ports.clock.now()).access

    def call(self, method: str, path: str, who: str | int | User | None = "admin", **request: Any) -> httpx.Response:
        """One request, with the token of `who`, or none. `path` may begin with several slashes."""
        headers = dict(request.pop("headers", {}))
        if who is not None:
            headers.setdefault("Authorization", f"Bearer {self.token(who)}")

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.api)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(method, f"http://halo{path}", headers=headers, **request)

        return self.run(send())

    def post(self, path: str, body: Any, who: str | int | User | None = "admin", **request: Any) -> httpx.Response:
        return self.call("POST", path, who, json=body, **request)

    def schedule(self, who: str | int | User | None = "admin", **body: Any) -> httpx.Response:
        return self.post("/api/push/schedule", {"appId": 2, "name": "Autumn wines"} | body, who)

    def device(self, who: str | int | User | None = 2, **body: Any) -> httpx.Response:
        return self.post("/api/segmentation/appuser", body, who)

    def add_reported(self, schedule: str, alias: str) -> str:
        """A schedule of app 2 and a device of that alias; answers the device's id."""
        self.ports.runs.schedules[schedule] = made.schedule(schedule, app=2)
        self.ports.runs.stored[schedule] = (made.run(schedule, app=2), 1, self.ports.clock.now())
        device = made.device(900 + len(self.ports.devices.stored), app=2, alias=alias)
        self.ports.devices.stored[2, alias] = device
        return device.id

    def stored(self) -> Any:
        """All that the stores and the queue hold, to be compared with what they held before."""
        ports = self.ports
        held = (
            ports.runs.schedules, ports.runs.stored, ports.runs.lists, ports.devices.stored, ports.tags.stored,
            ports.tasks.created, ports.apps.stored, ports.accounts.stored, ports.roles.stored,
            ports.audit.kept, ports.templates.stored, ports.users.stored,
        )  # fmt: skip
        return copy.deepcopy(held)

    def add_tag(self, name: str, value: str, type_: TagType = TagType.USER) -> Tag:
        tag = Tag(id=tag_key(type_, name, value), name=name, value=value, type=type_)
        self.ports.tags.stored[tag.id] = tag
        return tag


def assert_problem(answer: httpx.Response, status: int, *pointers: str) -> Any:
    """RFC 9457 with HALO's error object inside, and no trace of Python."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert all(isinstance(body[key], str) and body[key] for key in ("type", "title", "detail", "code"))
    assert body["error"] == {"message": body["detail"], "extra": body["error"]["extra"], "type": "HaloError"}
    assert all(isinstance(reason, str) for reason in body["error"]["extra"].values())
    assert len(body["error"]["extra"]) == len(body["errors"])
    assert "Traceback" not in answer.text
    found = [each["pointer"] for each in body["errors"]]
    assert set(pointers) <= set(found), body["errors"]
    return body
