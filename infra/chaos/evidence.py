"""What is left when all is over, from where nobody can have changed it: FCM's journal, the ledger, the logs."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from infra.chaos.campaigns import Campaign
from infra.chaos.records import Attempt, Page, Sending
from infra.chaos.stage import LEASE_S, Stage
from push.bootstrap import Container
from push.domain.ids import Keys
from push.domain.page import nobody
from push.domain.run import Run
from push.usecases.read_shard import keys_of

_AT_ONCE = 1_000
_READ_MS = 1_000


class Evidence:
    def __init__(self, stage: Stage, ports: Container, http: httpx.AsyncClient, moving: Iterable[str]) -> None:
        self._stage = stage
        self._ports = ports
        self._http = http
        self._moving = frozenset(moving)
        self._keys = Keys(ports.settings.key_pepper.get_secret_value())
        self._told = list(told(stage.logs()))

    async def of(self, campaign: Campaign) -> Sending:
        found = await self._ports.runs.get(campaign.id)
        if found is None:
            raise RuntimeError(f"run {campaign.id} is gone")
        run = found.value
        by_key = {self._keys.target("token", token): token for token in campaign.eligible}
        return Sending(
            name=campaign.name,
            schedule=campaign.id,
            policy=campaign.policy,
            state=run.state.value,
            eligible=campaign.eligible,
            not_before=campaign.not_before,
            expires_at=campaign.expires_at,
            attempts=await self._attempts(campaign.id),
            inherited=await self._pages("page-inherited", run, campaign, by_key),
            given_up=await self._pages("page-given-up", run, campaign, by_key),
            counts=run.counts,
            failures=await self._failures(campaign, by_key),
            moving=self._moving,
            in_list=campaign.listed,
            shards=run.planned,
            lease_ms=1000 * LEASE_S,
            cancelled_at=campaign.cancelled_at,
            lasted_s=((run.ended_at or 0) - run.created_at) / 1000,
            wanted_text=campaign.text,
            texts=await self._texts(campaign) if campaign.text is not None else frozenset(),
        )

    async def keep(self, where: Path) -> None:
        """FCM's journal, a line a message, for whoever looks into what was found."""
        rows = await self._ask("journal")
        await asyncio.to_thread(where.write_text, "".join(f"{json.dumps(row)}\n" for row in rows))

    async def _attempts(self, schedule: str) -> list[Attempt]:
        cuts = {row["client"]: row["left"] for row in await self._ask("journal") if row["answer"].startswith("cut")}
        return [
            Attempt(row["came"], row["left"], row["target"], row["answer"], torn(row["left"], cuts.get(row["client"])))
            for row in await self._ask("journal", schedule)
        ]

    async def _texts(self, campaign: Campaign) -> frozenset[str]:
        rows = await self._ask("inbox", campaign.id)
        return frozenset(row["message"]["data"]["body"] for row in rows)

    async def _ask(self, what: str, schedule: str | None = None) -> list[Any]:
        about = {} if schedule is None else {"scheduleId": schedule}
        answer = await self._http.get(f"{self._stage.stack.fcm}/{what}", params=about)
        rows: list[Any] = answer.raise_for_status().json()
        return rows

    async def _failures(self, campaign: Campaign, by_key: Mapping[str, str]) -> dict[str, str]:
        """What is on record goes by the target's key, or by its device's where that had none."""
        crowd, keys = campaign.crowd, self._keys
        known = {nobody(keys.device(crowd.alias(n))): crowd.token(n) for n in campaign.numbers} | dict(by_key)
        found: dict[str, str] = {}
        after: str | None = None
        while True:
            rows, after = await self._ports.ledger.failures(campaign.id, _AT_ONCE, after)
            found |= {known.get(row.target, row.target): row.kind for row in rows}
            if after is None:
                return found

    async def _pages(self, name: str, run: Run, campaign: Campaign, by_key: Mapping[str, str]) -> list[Page]:
        """The targets between two positions: of a range they are keys, of a list places and keys."""
        pages = []
        for line in self._told:
            if line["message"] != name or line["run"] != run.id:
                continue
            shard, after, end = line["shard"], line["after"], line["end"]
            if not campaign.listed and shard in run.handed_out:
                start = keys_of(run, shard).start
                inside = {target for key, target in by_key.items() if start <= key and after < key <= end}
            else:
                items = await self._ports.runs.list_items(run.id, shard)
                first, last = int(after.partition(":")[0] or 0), int(end.partition(":")[0])
                known = {campaign.crowd.alias(n): campaign.crowd.token(n) for n in campaign.numbers} | dict(by_key)
                inside = {known[item] for item in items[first : last + 1] if item in known}
            pages.append(Page(shard, frozenset(inside), line.get("silent_ms")))
        return pages


def torn(left: int, cut: int | None) -> bool:
    """Whether a request's connection was cut before its answer can have been read (ms). What it carried may be looked
    at only after that: a burst of requests waits for its turn in the emulator."""
    return cut is not None and cut <= left + _READ_MS


def told(logs: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """What the functions said of pages that their workers died with."""
    for log in logs:
        with log.open(errors="replace") as file:
            for line in file:
                if '"message": "page-' in line:
                    yield json.loads(line)
