"""All ports, on fakes that share one clock and one store."""

from dataclasses import dataclass, field

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
from fakes.identities import FakeIdentities
from fakes.identity import FakeInvokers, FakeOutsiders, FakePasswords, FakeTokens
from fakes.jobs import FakeJobs
from fakes.overview import FakeOverview
from fakes.pace import FakePace
from fakes.queues import FakeQueues
from fakes.refresh_tokens import FakeRefreshTokens
from fakes.runs import FakeLedger, FakeRuns
from fakes.schedules import FakeSchedules
from fakes.sender import FakeRelay, FakeSender
from fakes.spent import FakeSpent
from fakes.statistics import FakeStatistics
from fakes.tags import FakeTags
from fakes.tasks import FakeTasks
from fakes.templates import FakeTemplates
from fakes.traces import FakeTraces
from fakes.users import FakeUsers
from push.domain.ids import Keys


@dataclass
class FakePorts:
    """Satisfies push.ports.Ports."""

    clock: FakeClock = field(default_factory=FakeClock)
    apps: FakeApps = field(default_factory=FakeApps)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    attempts: FakeAttempts = field(default_factory=FakeAttempts)
    audit: FakeAudit = field(default_factory=FakeAudit)
    tags: FakeTags = field(default_factory=FakeTags)
    users: FakeUsers = field(default_factory=FakeUsers)
    devices: FakeDevices = field(default_factory=FakeDevices)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    spent: FakeSpent = field(default_factory=FakeSpent)
    queues: FakeQueues = field(default_factory=FakeQueues)
    tasks: FakeTasks = field(default_factory=FakeTasks)
    sender: FakeSender = field(default_factory=FakeSender)
    relay: FakeRelay | None = field(default_factory=FakeRelay)
    passwords: FakePasswords = field(default_factory=FakePasswords)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    refresh_tokens: FakeRefreshTokens = field(default_factory=FakeRefreshTokens)
    outsiders: FakeOutsiders = field(default_factory=FakeOutsiders)
    invokers: FakeInvokers = field(default_factory=FakeInvokers)
    identities: FakeIdentities = field(default_factory=FakeIdentities)
    roles: FakeRoles = field(init=False)
    templates: FakeTemplates = field(init=False)
    activity: FakeActivity = field(init=False)
    runs: FakeRuns = field(init=False)
    ledger: FakeLedger = field(init=False)
    pace: FakePace = field(init=False)
    schedules: FakeSchedules = field(init=False)
    console: FakeConsole = field(init=False)
    statistics: FakeStatistics = field(init=False)
    overview: FakeOverview = field(init=False)
    audience: FakeAudience = field(init=False)
    endpoints: FakeEndpoints = field(init=False)
    traces: FakeTraces = field(init=False)

    def __post_init__(self) -> None:
        self.keys = Keys("a pepper for tests only")
        self.roles = FakeRoles(self.accounts)
        self.templates = FakeTemplates(self.audit)
        self.activity = FakeActivity(self.clock)
        self.runs = FakeRuns(self.clock)
        self.ledger = FakeLedger(self.clock, self.runs)
        self.pace = FakePace(self.runs)
        self.schedules = FakeSchedules(self.runs)
        self.console = FakeConsole(self.runs, self.templates, self.tags)
        self.statistics = FakeStatistics(self.clock, self.runs)
        self.overview = FakeOverview(self.runs)
        self.audience = FakeAudience(Keys("a pepper for tests only"), self.devices.of)
        self.endpoints = FakeEndpoints(self.audience)
        self.traces = FakeTraces(Keys("a pepper for tests only"), self.runs, self.ledger, self.activity)
