"""Pages that were open when their worker died or lost its lease, as the ledger of an engine on fakes sees them."""

from typing import Any

from fakes.engine import Engine
from infra.chaos.records import Page
from push.domain.errors import Stale
from push.domain.shard import WORKER_DIED, Shard, Source
from push.ports import Commit
from push.usecases.read_shard import keys_of


class OpenPages:
    """Those that another worker `inherited`, and those that were `given_up` with their run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.inherited: list[Page] = []
        self.given_up: list[Page] = []
        ledger = engine.ledger
        store = ledger.commit

        async def watched(commit: Commit, version: Any) -> Any:
            before = ledger.shards[commit.shard.run, commit.shard.id]
            if before[1] != version:
                raise Stale
            page = self._page(before[0])
            answer = await store(commit, version)
            if page is not None and commit.shard.attempt > before[0].attempt:
                self.inherited.append(page)
            elif page is not None and commit.shard.reasons.get(WORKER_DIED, 0) > before[0].reasons.get(WORKER_DIED, 0):
                self.given_up.append(page)
            return answer

        ledger.commit = watched  # type: ignore[method-assign]

    def _page(self, shard: Shard) -> Page | None:
        if shard.page is None:
            return None
        keys = {self._engine.keys.target("token", f"token-{n}"): f"token-{n}" for n in range(len(self._engine.devices))}
        first = ""
        placed = keys
        if shard.source is Source.RANGE:
            first = keys_of(self._engine.run(), shard.id).start
        else:
            items = self._engine.runs.lists[shard.run, shard.own_list]
            named = {f"alias-{n}": key for n, key in enumerate(keys)} if shard.source is Source.ALIASES else {}
            listed = [named.get(item, item) for item in items]
            placed = {f"{place:06d}:{key}": keys[key] for place, key in enumerate(listed)}
        inside = {at for place, at in placed.items() if first <= place and shard.cursor < place <= shard.page.end}
        return Page(shard.id, frozenset(inside))
