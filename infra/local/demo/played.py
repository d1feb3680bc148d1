"""One campaign as it went."""

from dataclasses import dataclass, field
from typing import Any

from infra.local.demo.campaigns import Campaign


@dataclass
class Played:
    """`due` is `sendOn`, or when it was asked for; times in ms. `counts` and `results` are what the API says in the
    end; `received` and `opened` are the aliases of those phones that should say so."""

    campaign: Campaign
    id: str
    asked: int
    due: int
    expected: frozenset[str]
    state: str = "scheduled"
    counts: dict[str, int] = field(default_factory=dict)
    received: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    results: dict[str, Any] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        return self.state not in ("draft", "scheduled", "sending")

    @property
    def heard(self) -> tuple[int, int]:
        """Receipts and opens as the API counts them, 0 where it has not said."""
        activity = self.results.get("activity", {})
        return activity.get("receipt", 0), activity.get("open", 0)

    @property
    def heard_all(self) -> bool:
        return self.heard == (len(self.received), len(self.opened))
