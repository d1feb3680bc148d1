"""What use cases need from the world. Each docstring is the contract that the fake and the adapter are both held to.

All of them raise push.domain.errors.Unavailable when the service behind them does not answer, after the retries that
are safe. Times are ms since the epoch. A `version` is opaque: it changes with every write of a document.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from push.domain.account import Account, Caller
from push.domain.activity import Event, Tally
from push.domain.app import App
from push.domain.audience import Groups
from push.domain.audit import Change
from push.domain.device import Device, Target
from push.domain.device_search import DeviceSearch
from push.domain.family import Family
from push.domain.idempotency import Remembered
from push.domain.job import Job, JobKind
from push.domain.keyspace import KeyRange
from push.domain.outcome import Outcome
from push.domain.page import Entry, Failure
from push.domain.results import DayTotals
from push.domain.role import Role
from push.domain.run import Run, Shard
from push.domain.schedule import Position, Schedule, Search
from push.domain.tag import Tag
from push.domain.tag_search import Position as TagPosition
from push.domain.tag_search import TagSearch
from push.domain.template import Template

T = TypeVar("T")


class Versioned(NamedTuple, Generic[T]):
    """A document with its version, and for how long it has not been written (ms, by the store's clock)."""

    value: T
    version: Any
    age_ms: int


class Before(NamedTuple, Generic[T]):
    """What a change made of a document."""

    before: T
    after: T


class Clock(Protocol):
    def now(self) -> int:
        """This machine's clock, in ms."""


class Apps(Protocol):
    async def get(self, app: int) -> App | None: ...

    async def by_client(self, client_id: str) -> App | None:
        """The app that a client id belongs to."""

    async def put(self, app: App) -> None:
        """Stores it over whatever is there: for seeds and imports. Who edits uses `create` and `change`."""

    async def create(self, app: App) -> None:
        """Raises Conflict when the id is taken."""

    async def change(self, app: int, decide: Callable[[App], App]) -> Before[App] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown app. `decide` may raise, and may be called
        more than once."""

    async def delete(self, app: int) -> App | None:
        """What was deleted."""

    async def last(self) -> int:
        """The highest id that is taken, 0 where none is."""

    async def count(self) -> int: ...

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[App], str | None]:
        """By id, `limit` of them from `offset` or after a cursor; and the cursor of the next page, if any."""


class Accounts(Protocol):
    """Both `create` and `change` raise Conflict when the account's role is gone by then; `change` and `delete` when no
    enabled admin would be left. All of it is decided by the store, however many write at once."""

    async def get(self, username: str) -> Account | None:
        """Names compare without case."""

    async def recall(self, username: str) -> Account | None:
        """The same, as it was at some moment of the last minute: for what every call looks at."""

    async def by_id(self, id: str) -> Account | None: ...

    async def put(self, account: Account) -> None:
        """Stores it over whatever is there: for seeds and imports. Who edits uses `create` and `change`."""

    async def create(self, account: Account) -> None:
        """Raises Conflict when the name is taken."""

    async def change(self, id: str, decide: Callable[[Account], Account]) -> Before[Account] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown id. The name stays. `decide` may raise, and
        may be called more than once."""

    async def delete(self, id: str) -> Account | None:
        """What was deleted."""

    async def count(self) -> int: ...

    async def list(self, limit: int, offset: int, after: str | None) -> tuple[list[Account], str | None]:
        """By name, `limit` of them from `offset` or after a cursor; and the cursor of the next page, if any."""


class Roles(Protocol):
    """Roles that were made here; HALO's three are not stored."""

    async def get(self, name: str) -> Role | None: ...

    async def recall(self, name: str) -> Role | None:
        """The same, as it was at some moment of the last minute."""

    async def create(self, role: Role) -> None:
        """Raises Conflict when the name is taken."""

    async def change(self, name: str, decide: Callable[[Role], Role]) -> Before[Role] | None:
        """As that of accounts."""

    async def delete(self, name: str) -> Role | None:
        """What was deleted. Raises Conflict while an account has it, also one that is being made."""

    async def all(self) -> list[Role]:
        """By name; the first 1,000, which is far more than MAX_ROLES."""


class Tags(Protocol):
    """Tags never change their name, value or type, so what was found may be remembered for a while."""

    async def get_many(self, ids: Sequence[str]) -> dict[str, Tag]:
        """Those that exist, by id."""

    async def find_many(self, keys: Sequence[str]) -> dict[str, list[Tag]]:
        """Those that exist, by tag key (domain.tag.tag_key); an imported tag's id is not its key."""

    async def create_missing(self, tags: Sequence[Tag]) -> None:
        """Stores those whose id is not taken. Two callers with the same tags are both right."""

    async def get(self, id: str) -> Tag | None:
        """As it is now, never as remembered."""

    async def create(self, tag: Tag) -> None:
        """Raises Conflict when its id is taken."""

    async def describe(self, id: str, description: str) -> None:
        """Changes the description. Raises NotFound."""

    async def delete(self, id: str) -> None:
        """Nothing when it is gone already. Other processes may remember it for a minute."""

    async def search(self, wanted: TagSearch, limit: int, offset: int, after: TagPosition | None) -> list[Tag]:
        """At most `limit` stored tags in the search's order, from `offset` on or after a position. Looks at no more
        than 10,000 of those that begin as asked for."""

    async def count(self, wanted: TagSearch) -> int | None:
        """How many there are; None past 100,000, and where the store cannot tell without looking at each."""


# Gets the device found by id and the one found by alias; answers what to store, or None to leave all as it is.
# May raise, and may be called more than once: a transaction is retried when somebody else wrote.
Decide = Callable[[Device | None, Device | None], Device | None]


class Devices(Protocol):
    async def get(self, app: int, id: str) -> Device | None: ...

    async def by_aliases(self, app: int, aliases: Sequence[str]) -> dict[str, Device]:
        """At most 500 aliases; those that exist, by alias."""

    async def ids_of(self, app: int, aliases: Sequence[str]) -> dict[str, str]:
        """The same, and only their ids: a fraction of the work."""

    async def change(
        self, app: int, id: str | None, alias: str | None, decide: Decide, targets: Sequence[Target] = ()
    ) -> Device | None:
        """Stores what `decide` answers, atomically with the audience: the device's targets exist once each, and no
        other device of the app holds one of them any more. A changed alias moves the device.

        `targets` are those that the client named: callers who name the same ones wait for each other, where they meet
        in one process, instead of fighting in the store. Raises Conflict when the new alias is another device's."""

    async def any(self, app: int) -> bool:
        """Whether the app has a device at all. Reads one."""

    async def delete(self, app: int, id: str) -> Device | None:
        """Deletes the device with its targets, atomically; answers what it was, None where there is none."""

    async def search(
        self, app: int, wanted: DeviceSearch, limit: int, after: str | None
    ) -> tuple[list[Device], str | None]:
        """At most `limit` devices in an order that stays, by alias where its beginning is asked for; and the cursor of
        the next page, if there may be one. A page looks at no more than 1,000 devices, so it may hold fewer."""

    async def carrying(self, tag: str, limit: int) -> list[Device]:
        """At most `limit` devices, of whatever app, that carry a tag."""

    async def put_many(self, app: int, devices: Sequence[Device]) -> None:
        """Stores devices that nobody else is writing, with their targets, as fast as the store takes them: for imports.
        At most 5,000 at once; the same devices again change nothing."""


class AudienceStore(Protocol):
    """The audience: every target of an app, in the order of its key."""

    async def estimate(self, app: int, groups: Groups, slice_: KeyRange) -> int | None:
        """How many targets of `slice_` may match, within a few seconds; None if that took too long."""

    def scan(self, app: int, groups: Groups, keys: KeyRange, after: str) -> AsyncIterator[list[Entry]]:
        """Batches of matching targets within `keys` and after position `after`, in order, each exactly once, however
        often the stream behind it must be reopened. Position is the key."""

    async def by_keys(self, app: int, keys: Sequence[str]) -> list[Entry]:
        """One entry a key, in the order given; at most 500. Position is the key."""

    async def by_aliases(self, app: int, aliases: Sequence[str], groups: Groups) -> list[list[Entry]]:
        """For each alias (at most 500) the targets of its device, sorted by key. A device that does not exist or has no
        target is one entry without target; one that does not carry the tags is not meant, so it is no entry at all.
        Position is the key, "" where there is none."""

    async def remove(self, app: int, entries: Sequence[Entry]) -> int:
        """Deletes dead targets that are still as they were read, and takes them off their devices. How many went."""


class Schedules(Protocol):
    async def get(self, id: str) -> Schedule | None: ...

    async def list(
        self, search: Search, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Schedule], Position | None]:
        """In the search's order, ties by id, `limit` of them from `offset` or after a position (whose schedule may be
        gone); and where the page ended, if there are more."""

    async def count(self, search: Search) -> int | None:
        """How many there are; None past 100,000, where counting costs more than it tells."""


class Templates(Protocol):
    async def get(self, id: str) -> Versioned[Template] | None: ...

    async def create(self, template: Template) -> None:
        """Raises Stale when there is one of that id."""

    async def replace(self, template: Template, version: Any) -> None:
        """Raises Stale when it is not at `version`."""

    async def delete(self, id: str, version: Any) -> None:
        """Raises Stale when it is not at `version`."""

    async def list(
        self, name: str | None, limit: int, offset: int, after: Position | None
    ) -> tuple[list[Template], Position | None]:
        """By name, ties by id; those whose names begin with `name`, in any spelling. And where the page ended, if
        there are more."""

    async def count(self, name: str | None) -> int | None:
        """How many there are; None past 100,000."""


class Runs(Protocol):
    """Runs and the schedules that mirror them."""

    async def accept(
        self, schedule: Schedule, run: Run, lists: Sequence[Sequence[str]], memory: Remembered | None = None
    ) -> None:
        """Stores all of it in one commit, or nothing. Raises Conflict when the schedule exists, or its run, or the
        memory."""

    async def remembered(self, id: str) -> Remembered | None:
        """What `accept` stored with a schedule, until it expires."""

    async def get(self, id: str) -> Versioned[Run] | None: ...

    async def move(self, run: Run, version: Any) -> Any:
        """The guarded write: stores the run and mirrors it in its schedule; answers the new version.

        Raises Stale when the run is not at `version`. A schedule that somebody deleted stops nothing."""

    async def revise(self, schedule: Schedule, run: Run, lists: Sequence[Sequence[str]] | None, version: Any) -> Any:
        """The guarded write of both: stores the run, its schedule and its lists (None: as they are) in one commit;
        answers the new version. Raises Stale when the run is not at `version`, or the schedule is gone."""

    async def remove(self, schedule: str, run: Run | None, version: Any) -> None:
        """Deletes a schedule and stores its run, if it has one, in one commit. Raises Stale when the run is not at
        `version`."""

    async def due(self, now: int, limit: int) -> list[Versioned[Run]]:
        """Runs whose `wake_at` has come, earliest first. One that cannot be read is logged and left out."""

    async def live_with_tag(self, tag: str) -> str | None:
        """The id of a run, scheduled or sending, whose audience names the tag; None if there is none."""

    async def list_items(self, run: str, list_id: str) -> tuple[str, ...]:
        """The items of a list, () if there is none."""

    async def now(self) -> int:
        """The store's own clock."""


class Commit(NamedTuple):
    """One ledger commit: the shard as it is now, and what goes with it."""

    shard: Shard
    failures: Sequence[Failure] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    spilled: Sequence[Shard] = ()


class Sums(NamedTuple):
    """What a run's shards amount to. `good` are platforms whose rendering FCM has accepted from any of them; `done`
    counts all that are, `leftovers` those that were not planned. `first_at` and `last_at`: when the first worker began,
    and when the ledger was last written."""

    counts: dict[str, int]
    reasons: dict[str, int]
    good: set[str]
    done: int
    leftovers: int
    first_at: int | None
    last_at: int | None


class Ledger(Protocol):
    """Shards: one worker's record of what it did."""

    async def get(self, run: str, shard: str) -> Versioned[Shard] | None: ...

    async def create(self, shard: Shard) -> Any:
        """Answers the version. Raises Stale when the shard exists."""

    async def commit(self, commit: Commit, version: Any) -> Any:
        """All of it or nothing; answers the new version. Raises Stale when the shard is not at `version`: whoever
        wrote it has the shard. A commit whose answer was lost is looked up, never repeated blindly."""

    async def open(self, run: str) -> list[Versioned[Shard]]:
        """Shards that are not done; at most 5,000, those due first. One that cannot be read is logged and left out."""

    async def planned(self, run: str) -> set[str]:
        """Ids of the planned shards that exist."""

    async def sums(self, run: str) -> Sums:
        """All shards together, whatever their number, without holding them in memory."""

    async def failures(self, run: str, limit: int, after: str | None) -> tuple[list[Failure], str | None]:
        """In the order of their targets' keys, after a cursor (such a key); and the cursor of the next page, if any."""

    async def finished(self, run: str, planned: int) -> bool:
        """Whether all `planned` shards exist and no shard is open. Costs a few reads, however many there are."""


class Activity(Protocol):
    """What phones said of notifications: one document for each device of a run, so that repeats cannot count twice."""

    async def record_many(self, events: Sequence[Event]) -> None:
        """Keeps of each device and action the first moment; at most 500 events, in any order, any of them again."""

    async def tally(self, run: str) -> Tally | None:
        """How many devices did what. `as_of` is the longer ago the more there are: counting is not free. Never less
        than it was, also when what was counted has expired. None while it could never be counted in time."""


class Statistics(Protocol):
    async def days(self, app: int, days: Sequence[str]) -> list[DayTotals]:
        """The sums of the app's runs that were sent on each day (UTC, such as 2026-11-22), a minute old at most, in
        order. A run that is marked sent is counted once, whoever marks it and however often."""


class Spent(Protocol):
    """How much was used of what is limited, in buckets that somebody names. Two at one time may both see the last
    of it: this keeps abuse away, it does not count money."""

    async def read(self, bucket: str) -> int:
        """0 for a bucket that nobody has used."""

    async def add(self, bucket: str, amount: int, until: int) -> None:
        """The bucket may be forgotten from `until` (ms) on."""


class Jobs(Protocol):
    """Background jobs."""

    async def create(self, job: Job) -> None:
        """Raises Conflict when its id is taken."""

    async def get(self, id: str) -> Versioned[Job] | None: ...

    async def move(self, job: Job, version: Any) -> Any:
        """The guarded write; answers the new version. Raises Stale when the job is not at `version`."""

    async def running(self, kind: JobKind, subject: str) -> Job | None:
        """One that is under way."""

    async def due(self, now: int, limit: int) -> list[Versioned[Job]]:
        """Jobs whose `wake_at` has come, earliest first. One that cannot be read is logged and left out."""


class Trace(NamedTuple):
    """A failure that a run keeps about a device."""

    run: str
    failure: Failure


class Traces(Protocol):
    """What runs keep about single devices, wherever it stands."""

    async def failures(self, device: str, limit: int) -> list[Trace]:
        """Of a device's id, in an order that stays."""

    async def erase_failures(self, device: str, limit: int) -> int:
        """Deletes at most `limit` of them; answers how many went."""

    async def erase_alias(self, app: int, alias: str, instead: str, after: str, limit: int) -> tuple[int, str | None]:
        """Looks at `limit` runs of the app after one, in the order of their ids: puts `instead` in the alias's place in
        their lists, and deletes what they say of an alias without a device. How many things it changed, and the last
        run it looked at, None when there are no more."""


class Tasks(Protocol):
    async def send(self, run: str, epoch: int, at: int | None) -> None:
        """A call of `send` for a run, at a time or now. The same run and epoch twice is one task."""

    async def deliver(self, run: str, shard: str, epoch: int, at: int | None) -> None: ...

    async def work(self, job: str, epoch: int, at: int | None) -> None: ...


class Sender(Protocol):
    async def send(self, project: str, messages: Sequence[bytes]) -> list[Outcome]:
        """Sends each message once and answers its outcome, in order. Never raises for what FCM answers, and never
        repeats a message by itself: RETRY is said only of what FCM surely did not take."""


class Passwords(Protocol):
    """Slow hashes, a bounded number at a time."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, hash: str | None, password: str) -> bool:
        """Takes as long for a name that does not exist (hash None)."""


class Attempts(Protocol):
    """Wrong passwords and secrets, by the name they were tried with (without case), whether it exists or not."""

    async def failures(self, name: str, now: int) -> tuple[int, ...]:
        """When the last ones within domain.attempts.WINDOW_MS were, oldest first; at most MOST of them."""

    async def failed(self, name: str, now: int) -> None:
        """One more. Of several at once each counts."""


class Audit(Protocol):
    async def record(self, change: Change) -> None:
        """Keeps it. A change that was made is never undone because it could not be recorded: that is logged."""

    async def list(
        self, resource: str | None, resource_id: str | None, limit: int, after: str | None
    ) -> tuple[list[Change], str | None]:
        """Newest first, and the cursor of the next page, if any."""


class IssuedTokens(NamedTuple):
    access: str
    refresh: str
    expires_in_ms: int


class Tokens(Protocol):
    """Access and refresh tokens of our own."""

    def issue(self, caller: Caller, now: int) -> IssuedTokens: ...

    def read_access(self, token: str, now: int) -> Caller:
        """Raises Unauthenticated for anything but a good, unexpired access token of ours."""

    def read_refresh(self, token: str, now: int) -> Caller: ...


class RefreshTokens(Protocol):
    """Families of refresh tokens; a family is forgotten some time after its `expire_at`."""

    async def start(self, family: Family) -> None: ...

    async def change(self, id: str, decide: Callable[[Family], Family]) -> Before[Family] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown one. `decide` may be called again."""


class Invokers(Protocol):
    async def verify(self, token: str) -> None:
        """Raises Unauthenticated unless this is an OIDC token of the deployment's own invoker."""


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
    def devices(self) -> Devices: ...
    @property
    def audience(self) -> AudienceStore: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def activity(self) -> Activity: ...
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
    def invokers(self) -> Invokers: ...
