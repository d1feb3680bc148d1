"""The other tests of the rules leave no expression of them untouched: Google's emulator tells what each one was.

Runs after them, in their process (tests/conftest.py), and has nothing to say where only some of them ran.
"""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def said(request: pytest.FixtureRequest, rules: Any) -> dict[str, set[str]]:
    """By each expression, with the line that it stands in, what it was."""
    ran = {item.path for item in request.session.items}
    if request.config.option.keyword or not ran >= {*Path(__file__).parent.glob("test_*.py")}:
        pytest.skip("only some of the tests of the rules ran")
    text: str = rules.text
    return {
        f"{text.count(chr(10), 0, start) + 1}:{start} {text[start : end + 1]}": values
        for (start, end), values in rules.coverage().items()
    }


def test_every_expression_was_evaluated(said: dict[str, set[str]]) -> None:
    assert len(said) > 500
    assert [expression for expression, values in said.items() if not values] == []


def test_every_condition_was_met_and_was_not(said: dict[str, set[str]]) -> None:
    """One that is always true refuses nobody, and one that is always false lets nobody in."""
    conditions = {expression: values for expression, values in said.items() if values & {"True", "False"}}
    assert len(conditions) > 100
    assert [f"{each}: only {values}" for each, values in conditions.items() if len(values) == 1] == []
