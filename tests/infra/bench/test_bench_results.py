"""What a run leaves behind: figures under their units, goals held against the worst of them, a README that agrees."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.bench import plot, readme, results
from infra.bench.deliver import OURS, row
from infra.bench.goals import judged
from infra.bench.measurement import Found, Measurement
from infra.bench.others import OTHERS, Sent
from infra.bench.registry import MEASUREMENTS
from infra.bench.tables import markdown, shown, table

THEIRS = OTHERS[0].name
MEASURED = pytest.mark.skipif(not results.RESULTS.exists(), reason="make bench has not been run")


def parts(**rows: list[Any]) -> dict[str, Any]:
    return {name: {"title": name, "columns": {}, "rows": list(found), "notes": []} for name, found in rows.items()}


def delivered(audience: int, per_cpu_s: int, peak_mib: float, sender: str = OURS) -> Any:
    return row(sender, audience, [Sent(per_cpu_s, 1.0, 1.0, peak_mib)])


def document(**rows: list[Any]) -> dict[str, Any]:
    found = parts(**rows)
    machine = {"system": "Linux", "cores": 2, "processor": "One", "python": "3.11.7"}
    return {
        "date": "2026-11-22", "machine": machine, "versions": {}, "goals": judged(found), "parts": found,
        "skipped": {"limit": "no h2load: `apt-get install nghttp2-client` brings it"},
    }  # fmt: skip


def test_every_measurement_has_a_name_of_its_own() -> None:
    names = [measurement.name for measurement in MEASUREMENTS]
    assert len({*names}) == len(names) >= 8


def test_goals_go_by_the_worst_figure_and_by_like_with_like() -> None:
    found = parts(
        deliver=[
            delivered(10_000, 16_000, 120.0),
            delivered(10_000, 800, 99.0, THEIRS),
            delivered(200_000, 13_000, 140.5),
            delivered(200_000, 1_000, 99.0, THEIRS),
        ]
    )
    goals = {goal["what"]: goal for goal in judged(found)}
    assert [goal["is"] for goal in goals.values()] == [13_000, 13.0, 20.5]
    assert [goal["reached"] for goal in goals.values()] == [True, False, True]
    assert next(iter(goals.values()))["must"] == "at least 12,000"


def test_what_was_not_measured_is_no_goal_reached_or_missed() -> None:
    assert judged(parts(deliver=[delivered(10_000, 16_000, 120.0)]))[0]["reached"]
    assert len(judged(parts(deliver=[delivered(10_000, 16_000, 120.0)]))) == 1
    assert judged({}) == []


def test_the_sender_and_the_urgent_message_are_held_against_theirs() -> None:
    found = parts(
        sender=[
            {"answers": "0 ms", "shards": 8, "per_s": 30_000},
            {"answers": "50 ms", "shards": 1, "per_s": 6_000},
            {"answers": "50 ms", "shards": 8, "per_s": 11_000},
        ],
        urgent=[{"max_ms": 2_400}],
    )
    assert [(goal["is"], goal["reached"]) for goal in judged(found)] == [(11_000, True), (2.4, False)]


def test_figures_read_as_people_write_them() -> None:
    assert [shown(figure) for figure in (12_345, 0.25, 12_345.6, 0.0, True, False, None, "0 ms")] == [
        "12,345", "0.25", "12,346", "0", "yes", "no", "", "0 ms",
    ]  # fmt: skip


def test_a_table_in_markdown_puts_numbers_right_and_words_left() -> None:
    columns = {"what": "what", "per_s": "a second"}
    rows = [{"what": "ours", "per_s": 12_000}, {"what": "theirs", "per_s": 600}]
    assert markdown(columns, rows) == "| what | a second |\n|---|---:|\n| ours | 12,000 |\n| theirs | 600 |"
    assert table("Speed", columns, rows).row_count == 2


def test_a_document_keeps_what_was_found_and_why_the_rest_was_not(tmp_path: Path) -> None:
    found = Measurement("one", "One", {"n": "number"}, lambda _: Found([]))
    missing = Measurement("two", "Two", {}, lambda _: Found([]))
    made = results.document({found: Found([{"n": 1}], ["A sentence."]), missing: "nothing to measure with"})
    assert made["parts"] == {
        "one": {"title": "One", "columns": {"n": "number"}, "rows": [{"n": 1}], "notes": ["A sentence."]}
    }
    assert made["skipped"] == {"two": "nothing to measure with"}
    assert {"system", "cores", "processor", "python"} <= made["machine"].keys()
    assert made["versions"]["hpack"]
    results.write(made, tmp_path / "results.json")
    assert results.read(tmp_path / "results.json") == made


def test_the_block_is_written_between_the_markers_again_and_again() -> None:
    text = f"# Title\n\n{readme.BEGIN}\n\nold\n\n{readme.END}\n\nRest\n"
    once = readme.written(text, document(deliver=[delivered(10_000, 16_000, 120.0)]))
    assert once == readme.written(once, document(deliver=[delivered(10_000, 16_000, 120.0)]))
    assert once.startswith("# Title\n\n")
    assert once.endswith("\n\nRest\n")
    assert "old" not in once
    assert "| 16,000 | yes |" in once
    assert "Left out: no h2load" in once


def test_a_readme_without_its_markers_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="markers"):
        readme.written("# Title\n", document())


def test_the_plot_names_its_axes_and_everybody_in_it(tmp_path: Path) -> None:
    rows = [delivered(10_000, 16_000, 120.0), delivered(50_000, 15_000, 121.0), delivered(10_000, 600, 99.0, THEIRS)]
    drawn = tmp_path / "plot.svg"
    plot.draw(document(deliver=rows), drawn)
    text = drawn.read_text()
    for said in ("audience (targets)", "messages for a CPU-second", "peak memory (MiB)", OURS, THEIRS, "50,000"):
        assert said in text
    plot.draw(document(deliver=rows), tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_text() == text


def test_without_deliver_there_is_nothing_to_draw(tmp_path: Path) -> None:
    plot.draw(document(), tmp_path / "plot.svg")
    assert not (tmp_path / "plot.svg").exists()


@MEASURED
def test_the_readme_says_what_the_results_say() -> None:
    """After another run: `make bench` writes both."""
    assert readme.block(results.read()) in readme.README.read_text()


@MEASURED
def test_the_results_are_those_of_a_whole_run() -> None:
    found = json.loads(results.RESULTS.read_text())
    assert [*found["parts"]] == [measurement.name for measurement in MEASUREMENTS]
    assert found["skipped"] == {}
    assert plot.PLOT.exists()


@pytest.mark.skipif(results.RESULTS.exists(), reason="make bench has been run")
def test_before_the_first_run_nothing_is_claimed() -> None:
    claimed = readme.README.read_text().partition(readme.BEGIN)[2].partition(readme.END)[0]
    assert claimed.strip() == "Nothing is claimed before `make bench` has measured it."
