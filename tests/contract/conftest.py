"""One suite per port, over the fake and over the adapter on Google's emulator: what holds for one holds for both."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import grpc
import pytest

from fakes.accounts import FakeAccounts, FakeRoles
from fakes.activity import FakeActivity
from fakes.apps import FakeApps
from fakes.attempts import FakeAttempts
from fakes.audience import FakeAudience
from fakes.audit import FakeAudit
from fakes.clock import FakeClock
from fakes.console import FakeConsole
from fakes.devices import FakeDevices
from fakes.endpoints import FakeEndpoints
from fakes.jobs import FakeJobs
from fakes.overview import FakeOverview
from fakes.pace import FakePace
from fakes.refresh_tokens import FakeRefreshTokens
from fakes.runs import FakeLedger, FakeRuns
from fakes.schedules import FakeSchedules
from fakes.spent import FakeSpent
from fakes.statistics import FakeStatistics
from fakes.tags import FakeTags
from fakes.templates import FakeTemplates
from fakes.traces import FakeTraces
from fakes.users import FakeUsers
from push import ports as port
from push.adapters.firestore.accounts import FirestoreAccounts
from push.adapters.firestore.activity import FirestoreActivity
from push.adapters.firestore.apps import FirestoreApps
from push.adapters.firestore.attempts import FirestoreAttempts
from push.adapters.firestore.audience import FirestoreAudience
from push.adapters.firestore.audit import FirestoreAudit
from push.adapters.firestore.client import Database
from push.adapters.firestore.console import FirestoreConsole
from push.adapters.firestore.devices import FirestoreDevices
from push.adapters.firestore.endpoints import FirestoreEndpoints
from push.adapters.firestore.jobs import FirestoreJobs
from push.adapters.firestore.ledger import FirestoreLedger
from push.adapters.firestore.overview import FirestoreOverview
from push.adapters.firestore.pace import FirestorePace
from push.adapters.firestore.refresh_tokens import FirestoreRefreshTokens
from push.adapters.firestore.roles import FirestoreRoles
from push.adapters.firestore.runs import FirestoreRuns
from push.adapters.firestore.schedules import FirestoreSchedules
from push.adapters.firestore.spent import FirestoreSpent
from push.adapters.firestore.statistics import FirestoreStatistics
from push.adapters.firestore.tags import FirestoreTags
from push.adapters.firestore.templates import FirestoreTemplates
from push.adapters.firestore.traces import FirestoreTraces
from push.adapters.firestore.users import FirestoreUsers
from push.domain.ids import Keys
from push.ports.console import Kind
from queries.recording import recording

KEYS = Keys("a pepper for tests only")


class Stores(Protocol):
    apps: port.Apps
    accounts: port.Accounts
    roles: port.Roles
    attempts: port.Attempts
    activity: port.Activity
    refresh_tokens: port.RefreshTokens
    audit: port.Audit
    tags: port.Tags
    templates: port.Templates
    users: port.Users
    devices: port.Devices
    audience: port.AudienceStore
    endpoints: port.Endpoints
    schedules: port.Schedules
    console: port.Console
    runs: port.Runs
    ledger: port.Ledger
    pace: port.Pace
    statistics: port.Statistics
    overview: port.Overview
    jobs: port.Jobs
    spent: port.Spent
    traces: port.Traces


class FakeStores:
    def __init__(self) -> None:
        clock = FakeClock()
        devices = FakeDevices()
        runs = FakeRuns(clock)
        self.refresh_tokens = FakeRefreshTokens()
        self.attempts, self.audit = FakeAttempts(), FakeAudit()
        self.activity = FakeActivity(clock)
        self.templates, self.users = FakeTemplates(self.audit), FakeUsers()
        self.jobs, self.spent = FakeJobs(), FakeSpent()
        self.apps, self.accounts, self.tags = FakeApps(), FakeAccounts(), FakeTags()
        self.roles = FakeRoles(self.accounts)
        self.devices = devices
        self.audience = FakeAudience(KEYS, devices.of)
        self.endpoints = FakeEndpoints(self.audience)
        self.runs = runs
        self.schedules = FakeSchedules(runs)
        self.console = FakeConsole(runs, self.templates, self.tags)
        self.ledger = FakeLedger(clock, runs)
        self.pace = FakePace(runs)
        self.statistics = FakeStatistics(clock, runs)
        self.overview = FakeOverview(runs)
        self.traces = FakeTraces(KEYS, runs, self.ledger, self.activity)

    async def by_hand(self, kind: Kind, id: str, fields: Mapping[str, Any], merge: bool = False) -> None:
        """What somebody writes in the console."""
        if merge:
            self.console.edit(kind, id, **fields)
        else:
            self.console.put(kind, id, fields)

    async def gone(self, kind: Kind, id: str) -> None:
        """Somebody deletes it in the console."""
        self.console.delete(kind, id)

    async def close(self) -> None:
        """Nothing is open."""


class FirestoreStores:
    """Each in a project of its own: the emulator keeps them apart."""

    def __init__(self) -> None:
        database = self.database = Database(f"test-{uuid.uuid4().hex[:12]}")
        self.close = database.close
        self.apps, self.accounts = FirestoreApps(database), FirestoreAccounts(database, KEYS)
        self.refresh_tokens = FirestoreRefreshTokens(database)
        self.attempts = FirestoreAttempts(database, KEYS)
        self.roles, self.audit = FirestoreRoles(database), FirestoreAudit(database)
        self.activity = FirestoreActivity(database)
        self.templates, self.users = FirestoreTemplates(database), FirestoreUsers(database, KEYS)
        self.tags, self.devices = FirestoreTags(database), FirestoreDevices(database, KEYS)
        self.audience, self.schedules = FirestoreAudience(database, KEYS), FirestoreSchedules(database)
        self.console = FirestoreConsole(database)
        self.runs, self.ledger = FirestoreRuns(database), FirestoreLedger(database)
        self.pace = FirestorePace(database)
        self.statistics = FirestoreStatistics(database)
        self.overview = FirestoreOverview(database)
        self.endpoints = FirestoreEndpoints(database, KEYS)
        self.jobs = FirestoreJobs(database)
        self.spent = FirestoreSpent(database, KEYS)
        self.traces = FirestoreTraces(database, KEYS)

    async def by_hand(self, kind: Kind, id: str, fields: Mapping[str, Any], merge: bool = False) -> None:
        await self.database.client.document(f"{kind}/{id}").set(dict(fields), merge=merge)

    async def gone(self, kind: Kind, id: str) -> None:
        await self.database.client.document(f"{kind}/{id}").delete()


Play = Callable[[Any], Awaitable[None]]
LONGEST_S = 60.0


class _Deadlines:
    """Notes calls that would wait for ever, or for longer than anybody waits for us."""

    def __init__(self, patient: list[str]) -> None:
        self._patient = patient

    async def note(self, continuation: Any, details: Any, request: Any) -> Any:
        if details.timeout is None or details.timeout > LONGEST_S:
            self._patient.append(f"{details.method}: {details.timeout}")
        return await continuation(details, request)


class _Unary(_Deadlines, grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[misc]
    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return await self.note(continuation, details, request)


class _Stream(_Deadlines, grpc.aio.UnaryStreamClientInterceptor):  # type: ignore[misc]
    async def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return await self.note(continuation, details, request)


@pytest.fixture(scope="session", autouse=True)
def asked_of_firestore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where it is written down what the adapters ask (test_queries_of_adapters.py)."""
    to = tmp_path_factory.mktemp("queries") / "asked.ndjson"
    with recording(to):
        yield to


@pytest.fixture(autouse=True)
def every_call_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a contract test makes an adapter ask of Google over gRPC."""
    patient: list[str] = []
    interceptors = [_Unary(patient), _Stream(patient)]
    open_channel = grpc.aio.insecure_channel
    monkeypatch.setattr(
        grpc.aio, "insecure_channel", lambda *to, **how: open_channel(*to, **how, interceptors=interceptors)
    )
    yield
    assert patient == []


@pytest.fixture(params=["fake", "firestore"])
def on(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Play], None]:
    """Plays a test against fresh stores of one kind."""
    if request.param == "firestore":
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", request.getfixturevalue("firestore_emulator"))
    make: Callable[[], Any] = FakeStores if request.param == "fake" else FirestoreStores

    def run(play: Play) -> None:
        async def whole() -> None:
            stores = make()
            try:
                await play(stores)
            finally:
                await stores.close()

        asyncio.run(whole())

    return run
