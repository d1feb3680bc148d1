"""What a play amounts to, for people."""

from rich.console import Console
from rich.table import Table

from infra.chaos.oracle import doubled
from infra.chaos.play import Verdict
from infra.chaos.timeline import timeline


def show(verdict: Verdict, console: Console) -> None:
    console.print(_faults(verdict))
    console.print(_sendings(verdict))
    for name, findings in verdict.findings.items():
        sending = next(each for each in verdict.sendings if each.name == name)
        for finding in findings:
            console.print(f"[bold red]{name}: {finding.rule}[/] {finding.sentence}")
            for target in finding.targets[:2]:
                console.print(f"  {target}", markup=False)
                for line in timeline(sending, target, verdict.faults, verdict.began):
                    console.print(f"    {line}", markup=False)
    doubles = sum(sum(doubled(each).values()) for each in verdict.sendings)
    accepted = sum(len(each.accepted) for each in verdict.sendings)
    good = "every promise held" if verdict.good else "PROMISES WERE BROKEN"
    syncs = ", ".join(f"{answer} {times} times" for answer, times in verdict.syncs.items())
    console.print(
        f"seed {verdict.seed}: {good}. {accepted:,} messages accepted, {doubles:,} of them doubles; "
        f"{len(verdict.faults)} faults; phones that were handed on were answered: {syncs}; {verdict.seconds:.0f} s."
    )


def _faults(verdict: Verdict) -> Table:
    table = Table("from", "to", "what was done to whom", title=f"seed {verdict.seed}", title_justify="left")
    for fault in sorted(verdict.faults):
        table.add_row(f"{fault.began - verdict.began:.1f} s", f"{fault.ended - verdict.began:.1f} s", fault.what)
    return table


def _sendings(verdict: Verdict) -> Table:
    table = Table("schedule", "state", "for", "accepted", "doubles", "pages", "totals, and what happened")
    table.caption = "doubles: accepted once more; pages: those that somebody inherited"
    for each in verdict.sendings:
        counts = ", ".join(f"{name} {n:,}" for name, n in (each.counts or {}).items() if n)
        story = "; ".join([counts or "no totals yet", *verdict.stories[each.name][1:]])
        table.add_row(
            each.name, f"{each.state} after {each.lasted_s:.0f} s", f"{len(each.eligible):,}",
            f"{len(each.accepted):,}", f"{sum(doubled(each).values()):,}", str(len(each.inherited)), story,
        )  # fmt: skip
    return table
