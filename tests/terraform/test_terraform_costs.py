"""What the README says of costs follows from the prices that it names, what is deployed, and what was measured."""

import json
import re
from typing import Any

import pytest

from terraform.configuration import FOLDER, ROOT
from terraform.costs import LOCALS, MONTH_S, PROSE, TEXT, Sent, assumed, price, standing, sweeps_read, swept

MEASURED = json.loads((ROOT / "infra/bench/results.json").read_text())["parts"]


def rows(part: str, column: str, value: str) -> list[dict[str, Any]]:
    """Rows of a measurement with that in a column."""
    found = [row for row in MEASURED[part]["rows"] if row[column] == value]
    assert found
    return found


def test_while_nothing_is_sent_a_deployment_costs_what_the_readme_says() -> None:
    read, ran = sweeps_read().said(), swept().said()
    row = re.search(
        r"^\| 0 \| 86,400 by `sweep`: (.*) \| \| \| `sweep`: (.*) \| about \$(\d) \| \|$", TEXT, re.MULTILINE
    )
    assert row
    assert (row[1], row[2]) == (read, ran)
    parts = standing()
    all_of_it = sum(part.high for part in parts.values())
    assert abs(all_of_it - int(row[3])) < 1
    assert parts["alerts"].low + parts["asked from outside"].low > all_of_it / 2


@pytest.mark.parametrize("daily", [1_000_000, 10_000_000])
def test_what_is_sent_costs_what_the_readme_says(daily: int) -> None:
    assert Sent(daily).row() in TEXT


def test_nothing_is_reckoned_to_be_better_than_it_was_measured() -> None:
    deliver = assumed(r"`deliver` with ([\d,]+) messages a second")
    assert deliver == LOCALS["messages_per_instance"] / 60
    assert deliver <= max(row["per_s"] for row in rows("sender", "answers", "80 ms, 5 % above 350 ms"))
    (idle,) = rows("sweep", "what", "nothing is due")
    assert assumed(r"`sweep` with (\d+) ms") >= idle["ms"]
    assert idle["reads"] == 2
    received = rows("activity", "what", "push/schedule/activity")
    assert assumed(r"`api` with ([\d,]+) receipts a second") <= min(row["per_s"] for row in received)


def test_lines_of_the_log_are_dropped_that_would_cost_what_the_readme_says() -> None:
    gib = round(Sent(10_000_000).monthly * 1_000 / 2**30, -1)
    assert f"{gib:.0f} GiB of it, {price('a GiB of log beyond 50').times(gib - 50).said()} more" in PROSE


def test_warm_instances_and_a_domain_cost_what_the_readme_says() -> None:
    warm = (FOLDER / "env/prod.tfvars").read_text().count("min_instances = 1")
    assert warm == 2
    idle = price("a second of an idle instance").times(warm * MONTH_S)
    assert f"two warm instances of `prod.tfvars` are ${idle.low:.0f}" in PROSE
    armor = (FOLDER / "load_balancer.tf").read_text()
    rules = armor.count("priority = ") + armor.count('description = "default"')
    assert rules == 4
    domain = price("an hour of a forwarding rule").times(MONTH_S / 3_600) + price("a policy of Cloud Armor")
    domain += price("a rule of such a policy").times(rules)
    asked = [price("a million requests to it").times(Sent(many).monthly / 1e6).low for many in (1_000_000, 10_000_000)]
    assert (
        f"`custom_domain` {domain.said()} and, with receipts, ${asked[0]:.0f} and ${asked[1]:.0f} for requests" in PROSE
    )
