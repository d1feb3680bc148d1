"""An import that is stopped, killed, rehearsed, or misled."""

import gzip
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.parts import ROOT
from infra.local.trouble import CannotStart, Trouble
from push.domain.errors import Unavailable

Row = Callable[..., dict[str, Any]]
lines = importlib.import_module("infra.import.lines")
main = importlib.import_module("infra.import.__main__")
run = importlib.import_module("infra.import.run")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROWS", 2)
    monkeypatch.setattr(run, "_PAUSE_S", 0.0)


def test_a_dry_run_says_what_the_real_one_will_and_writes_nothing(importing: Any, device_row: Row) -> None:
    same_phone = [{"platform": "ios", "token": "phone"}]
    rows = {
        "tags": [{"id": "a" * 24, "name": "City", "value": "Porto"}, {"id": "a" * 24, "name": "City", "value": "Faro"}],
        "users": [
            {"id": "u1", "email": "a@x.org", "devices": ["anonymous-1", "gone"]},
            {"id": "u2", "email": "A@X.org"},
        ],
        "devices": [
            device_row(1, devices=same_phone, updatedAt=20),
            device_row(2, devices=same_phone, updatedAt=10),
            device_row(3, updatedAt=10),
            device_row(4, alias="anonymous-3", updatedAt=20),
            device_row(1, alias="moved", updatedAt=30, tags=[{"name": "City", "value": "Faro"}]),
            device_row(5, appId=3),
            device_row(6, alias="anonymous-1"),
        ],
    }
    importing(dry_run=True, **rows)
    told, outcomes = importing.report, importing.outcomes
    ports = importing.ports
    assert (ports.devices.stored, ports.tags.stored, ports.users.stored, ports.audit.kept) == ({}, {}, {}, [])
    importing(**rows)
    assert (importing.report, importing.outcomes) == (told, outcomes)
    assert outcomes["devices"]["refused"] == 2
    assert len(ports.devices.stored) == 4


def test_it_goes_on_where_it_was_stopped_and_reports_each_line_once(
    importing: Any, device_row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [device_row(n, **({"appId": 3} if n % 3 == 0 else {})) for n in range(9)]
    whole = importing.ports.devices.put_many
    calls = 0

    async def dying(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = await whole(*given)
        if calls == 3:  # stored, and nobody was told
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(importing.ports.devices, "put_many", dying)
    with pytest.raises(KeyboardInterrupt):
        importing(devices=rows)
    assert importing.reasons() == [(1, "other-app", "/appId"), (4, "other-app", "/appId")]
    importing(devices=rows)
    assert importing.reasons() == [(n, "other-app", "/appId") for n in (1, 4, 7)]
    assert importing.outcomes["devices"] == {"created": 4, "same": 2, "refused": 3}
    assert len(importing.ports.devices.stored) == 6
    importing(devices=rows)
    assert importing.outcomes["devices"] == {"same": 6, "refused": 3}


def test_another_file_is_read_from_its_beginning_and_other_imports_keep_their_report(
    importing: Any, device_row: Row
) -> None:
    with pytest.raises(run.Interrupted):
        importing(devices=[device_row(1), device_row(2)], stop=True)
    phases = {"devices": {"fingerprint": "another", "offset": 7, "line": 1, "outcomes": {"refused": 1}}}
    (importing.folder / "report").write_text('{"of": "another"}\n')
    (importing.folder / "report.state").write_text(
        json.dumps({"target": "app 2", "report_bytes": 18, "phases": phases})
    )
    importing(devices=[device_row(1), device_row(2)])
    assert len(importing.ports.devices.stored) == 2
    assert (importing.report, importing.outcomes["devices"]) == ([], {"created": 2})
    (importing.folder / "report.state").write_text('{"target": "app 9"}')
    with pytest.raises(CannotStart, match="app 9"):
        importing(devices=[device_row(1)])
    importing(devices=[device_row(1)], restart=True)
    (importing.folder / "report.state").write_text("{")
    with pytest.raises(CannotStart, match="--restart"):
        importing(devices=[device_row(1)])


def test_two_imports_do_not_write_one_report(importing: Any, device_row: Row) -> None:
    kept = importlib.import_module("infra.import.journal").Journal(
        importing.folder / "report", "app 2", {}, dry_run=False, restart=False
    )
    with pytest.raises(CannotStart, match="Another import"):
        importing(devices=[device_row(1)])
    kept.close()


def test_a_store_that_is_away_for_a_moment_costs_nothing_and_one_that_stays_away_ends_it(
    importing: Any, device_row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = importing.ports.devices.put_many
    failures = 3

    async def failing(*given: Any) -> Any:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise Unavailable("away")
        return await whole(*given)

    monkeypatch.setattr(importing.ports.devices, "put_many", failing)
    importing(devices=[device_row(1)])
    assert importing.outcomes["devices"] == {"created": 1}
    failures = 99
    with pytest.raises(Trouble, match="same command"):
        importing(devices=[device_row(2)])


def test_gzip_is_read_wherever_one_stopped_and_a_cut_file_is_said_to_be_cut(importing: Any, device_row: Row) -> None:
    plain = importing.file("devices", [device_row(n) for n in range(200)])
    zipped = plain.with_suffix(".gz")
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    importing(devices=zipped)
    assert len(importing.ports.devices.stored) == 200
    with lines.Source(zipped) as source:
        first = next(iter(source.batches(0, 0, 3)))[-1]
        assert next(iter(source.batches(first.end, first.number, 1)))[0].number == 4
    zipped.write_bytes(zipped.read_bytes()[:-600])
    with pytest.raises(Trouble, match="damaged after line"):
        importing(devices=zipped)


def test_a_wrong_pepper_or_a_missing_app_is_noticed_before_anything_is_stored(importing: Any, device_row: Row) -> None:
    importing.ports.accounts.stored = {"elsewhere": importing.ports.accounts.stored["ana"]}
    with pytest.raises(CannotStart, match="KEY_PEPPER"):
        importing(devices=[device_row(1)])
    importing.ports.apps.stored = {}
    with pytest.raises(CannotStart, match="no app 2"):
        importing(devices=[device_row(1)])
    assert importing.ports.devices.stored == {}


def test_the_command_says_what_it_lacks(tmp_path: Path) -> None:
    def said(*words: str, **environment: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "infra.import", *words]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}"} | environment
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    code, text = said("--app", "2", "--devices", "d.ndjson")
    assert code == 2
    assert "GOOGLE_CLOUD_PROJECT" in text
    assert "KEY_PEPPER" in text
    assert "TOKEN_KEYS" not in text
    assert said("--app", "2")[0] == 2


def test_what_is_told_at_the_end_names_outcomes_and_reasons(importing: Any) -> None:
    phase = importlib.import_module("infra.import.journal").Phase
    phases = {"devices": phase(fingerprint="x", outcomes={"created": 1_200, "refused": 1}, reasons={"other-app": 1})}
    told = main.summary(phases, Path("r.ndjson"), dry_run=False)
    assert told.splitlines() == [
        "Imported:",
        "  devices  1,200 created, 1 refused",
        "    1 × other-app",
        "Report: r.ndjson",
    ]


def test_progress_tells_rate_share_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = importlib.import_module("infra.import.progress")
    monkeypatch.setattr(progress, "_EVERY_S", 0.0)
    for shown in (progress.Lines(), progress.Bars()):
        with shown:
            shown.begin("devices", 0, 1_000)
            shown.advance(200, 500)
    told = capsys.readouterr().out
    assert "devices: begun" in told
    assert re.search(r"devices: 200 rows, 50 %, [\d,]+/s, about 0 s left", told)
    assert "50%" in told


@pytest.mark.parametrize("where", ["folder", "file/report", "report"])
def test_a_report_that_cannot_be_written_is_said_before_anything_is_done(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exit code of 1 would mean that all but some rows are in."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "report.state").write_bytes(b"\xff")
    (tmp_path / "users").write_text('{"id": "u"}')
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "demo")
    monkeypatch.setenv("KEY_PEPPER", "a pepper for tests only")
    assert main.main(["--app", "2", "--users", str(tmp_path / "users"), "--report", str(tmp_path / where)]) == 2
