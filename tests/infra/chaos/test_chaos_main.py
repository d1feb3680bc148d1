"""`make chaos` as a command: what is asked for is checked first, and logs stay only where they say something."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.chaos import __main__ as chaos
from infra.chaos.oracle import Finding
from infra.chaos.play import Verdict
from infra.local.trouble import CannotStart

GOOD = Verdict(7, 0.0, 1.0, [], {}, {}, [], {})


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def played(monkeypatch: pytest.MonkeyPatch, ending: Verdict | BaseException) -> int:
    async def play(state: Path, *_: Any) -> Verdict:
        (state / "logs").mkdir(parents=True)
        if isinstance(ending, Verdict):
            return ending
        raise ending

    monkeypatch.setattr(chaos, "play", play)
    monkeypatch.setattr(chaos, "show", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["chaos", "--seed", "7"])
    return chaos.main()


@pytest.mark.parametrize(
    "words", [("--targets", "0"), ("--targets", "many"), ("--seconds", "-3"), ("--seconds", "nan")]
)
def test_what_cannot_be_played_is_said_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, str]
) -> None:
    monkeypatch.setattr("sys.argv", ["chaos", *words])
    with pytest.raises(SystemExit):
        chaos.main()
    assert "must be a number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ending", "code"), [(GOOD, 0), (KeyboardInterrupt(), 130)], ids=["every promise held", "Ctrl-C"]
)
def test_nothing_is_left_behind_where_there_is_nothing_to_look_for(
    kept: Path, monkeypatch: pytest.MonkeyPatch, ending: Verdict | BaseException, code: int
) -> None:
    assert played(monkeypatch, ending) == code
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize(
    ("ending", "code"),
    [(replace(GOOD, findings={"everybody": [Finding("once", "one never got it")]}), 1), (CannotStart("no Java"), 2)],
    ids=["broken", "cannot start"],
)
def test_the_logs_of_what_went_wrong_stay_and_it_says_where(
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ending: Verdict | BaseException,
    code: int,
) -> None:
    assert played(monkeypatch, ending) == code
    (state,) = kept.iterdir()
    assert state.name in capsys.readouterr().out.replace("\n", "")
