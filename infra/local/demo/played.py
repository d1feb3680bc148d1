"""One campaign as it went."""

from dataclasses import dataclass, field

from infra.local.demo.campaigns import Campaign


@dataclass
class Played:
    """`due` is `sendOn`, or when it was asked for; times in ms. `counts` is what the API says in the end."""

    campaign: Campaign
    id: str
    asked: int
    due: int
    expected: frozenset[str]
    state: str = "scheduled"
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        return self.state not in ("draft", "scheduled", "sending")
