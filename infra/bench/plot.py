"""`results.svg`: what a CPU-second sends, and how much memory that takes, against the size of the audience."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.bench.results import RESULTS

PLOT = RESULTS.with_suffix(".svg")
_PANELS = (("per_cpu_s", "messages for a CPU-second"), ("peak_mib", "peak memory (MiB)"))


def draw(document: Mapping[str, Any], path: Path = PLOT) -> None:
    """Nothing where `deliver` was not measured."""
    if "deliver" not in document["parts"]:
        return
    # Slow to import, and only a whole run draws.
    import matplotlib as mpl
    from matplotlib import ticker
    from matplotlib.figure import Figure

    rows = document["parts"]["deliver"]["rows"]
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 10}):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        for axes, (key, label) in zip(figure.subplots(1, 2), _PANELS, strict=True):
            for sender in dict.fromkeys(row["sender"] for row in rows):
                own = [row for row in rows if row["sender"] == sender]
                axes.plot([row["audience"] for row in own], [row[key] for row in own], marker="o", label=sender)
            axes.set_xscale("log")
            axes.set_xticks(sorted({row["audience"] for row in rows}))
            axes.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))
            axes.xaxis.set_minor_locator(ticker.NullLocator())
            axes.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))
            axes.set_ylim(bottom=0)
            axes.set_xlabel("audience (targets)")
            axes.set_ylabel(label)
            axes.grid(visible=True, alpha=0.3)
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})
