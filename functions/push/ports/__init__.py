"""What use cases need from the world. Each docstring is the contract that the fake and the adapter are both held to.

All of them raise push.domain.errors.Unavailable when the service behind them does not answer, after the retries that
are safe. Times are ms since the epoch. A `version` is opaque: it changes with every write of a document.
"""

from typing import Protocol

from push.ports.accounts import Accounts, Roles
from push.ports.activity import Activity
from push.ports.apps import Apps
from push.ports.audience import AudienceStore
from push.ports.audit import Audit
from push.ports.clock import Clock
from push.ports.console import Console
from push.ports.devices import Cleared, Decide, Devices, Known
from push.ports.endpoints import Endpoints
from push.ports.identities import Identities
from push.ports.identity import Attempts, Invokers, IssuedTokens, Outsider, Outsiders, Passwords, RefreshTokens, Tokens
from push.ports.jobs import Jobs
from push.ports.ledger import Commit, Ledger, Sums
from push.ports.overview import Ended, Overview
from push.ports.pace import Pace
from push.ports.queues import Depth, Queue, Queues
from push.ports.runs import Runs
from push.ports.schedules import Schedules
from push.ports.sender import Relay, Sender, Watch
from push.ports.spent import Spent
from push.ports.statistics import Statistics
from push.ports.tags import Tags
from push.ports.tasks import Tasks
from push.ports.templates import Templates
from push.ports.traces import Trace, Traces
from push.ports.users import Users
from push.ports.versions import Before, Due, Unreadable, Versioned

__all__ = [
    "Accounts",
    "Activity",
    "Apps",
    "Attempts",
    "AudienceStore",
    "Audit",
    "Before",
    "Cleared",
    "Clock",
    "Commit",
    "Console",
    "Decide",
    "Depth",
    "Devices",
    "Due",
    "Ended",
    "Endpoints",
    "Identities",
    "Invokers",
    "IssuedTokens",
    "Jobs",
    "Known",
    "Ledger",
    "Outsider",
    "Outsiders",
    "Overview",
    "Pace",
    "Passwords",
    "Ports",
    "Queue",
    "Queues",
    "RefreshTokens",
    "Relay",
    "Roles",
    "Runs",
    "Schedules",
    "Sender",
    "Spent",
    "Statistics",
    "Sums",
    "Tags",
    "Tasks",
    "Templates",
    "Tokens",
    "Trace",
    "Traces",
    "Unreadable",
    "Users",
    "Versioned",
    "Watch",
]


class Ports(Protocol):
    """All of them together, as bootstrap pairs them with adapters and the tests with fakes."""

    @property
    def clock(self) -> Clock: ...
    @property
    def apps(self) -> Apps: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def tags(self) -> Tags: ...
    @property
    def users(self) -> Users: ...
    @property
    def devices(self) -> Devices: ...
    @property
    def audience(self) -> AudienceStore: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def console(self) -> Console: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def pace(self) -> Pace: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def statistics(self) -> Statistics: ...
    @property
    def spent(self) -> Spent: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def traces(self) -> Traces: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def sender(self) -> Sender: ...
    @property
    def relay(self) -> Relay | None: ...
    @property
    def endpoints(self) -> Endpoints: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def passwords(self) -> Passwords: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def refresh_tokens(self) -> RefreshTokens: ...
    @property
    def outsiders(self) -> Outsiders: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def invokers(self) -> Invokers: ...
