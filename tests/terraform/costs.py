"""What a deployment costs in a month of thirty days, by the prices and assumptions that the README names."""

import math
import re
from typing import NamedTuple

from terraform.commands import DEPLOY
from terraform.configuration import local_values, resources

LOCALS = local_values()
TEXT = DEPLOY.split("### What it costs")[1].split("\n### ")[0]
# Without its line breaks, which mean nothing in a sentence.
PROSE = " ".join(TEXT.split())

DAYS = 30
MONTH_S = DAYS * 86_400
PAGE, SHARD = 500, 20_000
# The least that Cloud Run bills, how many places an uptime check asks from, and how often conditions are looked at.
BRIEF_S = 0.1
UPTIME_PLACES = 6
ALERT_S = 30


class Span(NamedTuple):
    low: float
    high: float

    def __add__(self, other: "Span") -> "Span":  # type: ignore[override]
        return Span(self.low + other.low, self.high + other.high)

    def times(self, many: float) -> "Span":
        return Span(self.low * many, self.high * many)

    def said(self) -> str:
        low, high = _amount(self.low), _amount(self.high)
        return f"${low}" if low == high else f"${low}–{high}"

    def whole(self) -> str:
        return f"${math.floor(self.low):,}–{math.ceil(self.high):,}"


def _amount(dollars: float) -> str:
    whole = round(dollars, 2) == round(dollars)
    return f"{dollars:,.0f}" if dollars >= 5 or whole else f"{dollars:.2f}"


def price(of: str) -> Span:
    """A row of the README's prices: one amount, or the range from one region to several."""
    row = re.search(rf"^\| {re.escape(of)}\*? \| ([\d.]+)(?:–([\d.]+))? \|", TEXT, re.MULTILINE)
    assert row, f"the README names no price of {of}"
    return Span(float(row[1]), float(row[2] or row[1]))


def assumed(pattern: str) -> float:
    found = re.search(pattern, PROSE)
    assert found, f"the README no longer says {pattern}"
    return float(found[1].replace(",", ""))


def documents(done: str, many: float) -> Span:
    return price(f"100,000 documents {done}").times(many / 100_000)


def seconds(many: float) -> Span:
    return price("a second of an instance").times(many)


def requests(many: float) -> Span:
    return price("a million requests").times(many / 1e6)


def swept() -> Span:
    minutes = MONTH_S / 60
    return seconds(minutes * assumed(r"`sweep` with (\d+) ms") / 1_000) + requests(minutes)


def sweeps_read() -> Span:
    return documents("read", MONTH_S / 60 * 2)


def standing() -> dict[str, Span]:
    """What is paid while nothing is sent, by what for."""
    check = next(body for kind, _, body in resources() if kind == "google_monitoring_uptime_check_config")
    asked = UPTIME_PLACES * MONTH_S / int(check["period"].rstrip("s"))
    conditions = len(LOCALS["alerts"]) + 2
    looked_at = price("a million answers to conditions").times(conditions * MONTH_S / ALERT_S / 1e6)
    return {
        "sweep": swept() + sweeps_read(),
        "alerts": price("a condition of an alert").times(conditions) + looked_at,
        "asked from outside": seconds(asked * BRIEF_S) + requests(asked),
        "kept": price("a version of a secret").times(2) + price("a job") + price("a GiB of images"),
    }


class Sent(NamedTuple):
    """A month of so many messages a day."""

    daily: int

    @property
    def monthly(self) -> int:
        return self.daily * DAYS

    @property
    def deliver_s(self) -> float:
        return self.daily / assumed(r"`deliver` with ([\d,]+) messages a second")

    def reads(self) -> Span:
        return documents("read", self.monthly)

    def writes(self) -> Span:
        return documents("written", self.monthly / PAGE)

    def tasks(self) -> Span:
        return price("a million tasks").times(2 * self.monthly / SHARD / 1e6)

    def deliver(self) -> Span:
        return seconds(self.deliver_s * DAYS)

    def together(self) -> Span:
        stands = assumed(r"\| about \$(\d) \|")
        return self.reads() + self.writes() + self.tasks() + self.deliver() + Span(stands, stands)

    def api(self) -> Span:
        """From receipts that come all at once to such as come evenly, of which one is answered most of the time."""
        packed = self.monthly / assumed(r"`api` with ([\d,]+) receipts a second")
        even = MONTH_S * (1 - math.exp(-self.daily / 86_400 * BRIEF_S))
        return Span(seconds(packed).low, seconds(even).high)

    def with_receipts(self) -> Span:
        return self.together() + self.receipts_stored() + requests(self.monthly) + self.api()

    def receipts_stored(self) -> Span:
        """Each device is looked up, each report written, and deleted when its time is over."""
        each = [documents(done, self.monthly) for done in ("read", "written", "deleted by TTL")]
        return each[0] + each[1] + each[2]

    def row(self) -> str:
        millions = f"{self.monthly / 1e6:.0f} M"
        cells = [
            f"{self.daily:,}",
            f"{millions}: {self.reads().said()}",
            f"{self.monthly / PAGE:,.0f}: {self.writes().said()}",
            f"{2 * self.monthly / SHARD:,.0f}: {self.tasks().said()}",
            f"{DAYS} × {self.deliver_s:,.0f} s: {self.deliver().said()}",
            self.together().whole(),
            f"{millions} stored: {self.receipts_stored().said()}, requests: {requests(self.monthly).said()}, "
            f"`api`: {self.api().said()}; together {self.with_receipts().whole()}",
        ]
        return f"| {' | '.join(cells)} |"
