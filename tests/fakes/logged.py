"""What was logged, line by line."""

import json
from collections import Counter
from typing import Any

import pytest


def logged(capsys: pytest.CaptureFixture[str], name: str = "") -> list[Any]:
    """Lines of that event, or all of them, since the last look."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    return [line for line in lines if name in ("", line["message"])]


def changes(lines: list[Any]) -> Counter[tuple[str, str | None, str]]:
    """Of a run's state, as the log tells them: run, from, to."""
    return Counter((line["run"], line["from"], line["to"]) for line in lines)
