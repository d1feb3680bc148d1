from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple, Protocol

from push.domain.device import Device, Target
from push.domain.device_search import DeviceSearch
from push.domain.keyspace import KeyRange

# Gets the device found by id and the one found by alias; answers what to store, or None to leave all as it is.
# May raise, and may be called more than once: a transaction is retried when somebody else wrote.
Decide = Callable[[Device | None, Device | None], Device | None]


class Cleared(NamedTuple):
    """How many devices went, and whether there may be more to clear."""

    devices: int
    more: bool


class Known(NamedTuple):
    """What a tool must know of each of millions of devices."""

    id: str
    alias: str
    updated_at: int
    user: str | None


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

    async def clear(self, app: int, limit: int) -> Cleared:
        """Deletes at most `limit` devices of an app, with their targets, whoever else is writing them; and where no
        device is left, at most `limit` targets that such a writer left behind."""

    async def search(
        self, app: int, wanted: DeviceSearch, limit: int, after: str | None
    ) -> tuple[list[Device], str | None]:
        """At most `limit` devices in an order that stays, by alias where its beginning is asked for; and the cursor of
        the next page, if there may be one. A page looks at no more than 1,000 devices, so it may hold fewer."""

    async def estimate(self, app: int, tag: str, slice_: KeyRange) -> int | None:
        """How many devices in a slice of the key space carry a tag, within a few seconds; None if that took too long.
        Devices spread evenly over it."""

    async def carrying(self, tag: str, limit: int) -> list[Device]:
        """At most `limit` devices, of whatever app, that carry a tag."""

    async def put_many(self, app: int, devices: Sequence[Device]) -> list[Device]:
        """Stores new devices with their targets, each whole or not at all, as fast as the store takes them: for
        imports, at most 5,000 at once. Answers those that were left out because somebody has their alias or one of
        their targets."""

    async def owners(self, app: int, targets: Sequence[Target]) -> dict[Target, Device]:
        """Whose these are, of those that are anybody's; at most 500."""

    def known(self, app: int) -> AsyncIterator[list[Known]]:
        """Every device of the app, in batches that fit into memory: for tools. One that is stored meanwhile may be
        missing."""
