"""Moments and texts, as people type and read them."""

import time
from collections.abc import Iterator

import pytest

from infra.halo import moments, texts
from infra.halo.trouble import Usage

NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "after_s"),
    [
        ("2027-01-15 10:00", 3_600), ("2027-01-15T10:00", 3_600), ("2027-01-15 10:00Z", 7_200),
        ("2027-01-15T10:00:00+02:00", 0), ("+30s", 30), ("+10m", 600), ("+1h30m", 5_400), ("+2d", 172_800),
        ("+1w", 604_800), (" +1h ", 3_600), ("2027-01-16", 54_000),
    ],
)  # fmt: skip
def test_a_moment_is_what_it_looks_like(text: str, after_s: int) -> None:
    assert moments.parse(text, "--at", NOW) == round((NOW + after_s) * 1000)


@pytest.mark.parametrize(
    "text", ["", "noon", "10m", "+", "+10", "+10y", "09:00", "2027-13-01", "+9999999w", "1893456000000"]
)
def test_what_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Usage, match="2026-12-01 09:00"):
        moments.parse(text, "--at", NOW)


def test_an_hour_that_clocks_skip_never_comes() -> None:
    with pytest.raises(Usage, match="never comes"):
        moments.parse("2027-03-28 02:30", "--at", NOW)
    assert moments.parse("2027-03-28T02:30Z", "--at", NOW)


def test_what_is_over_is_a_slip() -> None:
    with pytest.raises(Usage, match="is over"):
        moments.parse("2027-01-15 08:00", "--at", NOW)


def test_a_moment_is_told_so_that_it_can_be_typed_again() -> None:
    assert moments.parse(moments.exact(1_800_000_600_123), "--at", NOW) == 1_800_000_600_123
    assert texts.moment(1_800_000_000_000) == "2027-01-15 09:00:00 CET"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße 🍷 日本", "Grüße 🍷 日本"), ("a\nb\tc", "a\\nb\\tc"), ("\x1b[31m", "\\x1b[31m"), ("\x9b", "\\x9b"),
        ("a\u202eb", "a\\u202eb"), ("\u2028", "\\u2028"), ("\ud800", "\\ud800"), ("[red]", "[red]"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)  # fmt: skip
def test_nothing_of_a_text_steers_a_terminal(text: str, shown: str) -> None:
    assert texts.clean(text) == shown


@pytest.mark.parametrize(("seconds", "told"), [(0, "0 s"), (59.6, "1 min"), (3_725, "1 h 2 min"), (90_000, "1 d 1 h")])
def test_a_span_is_told_by_what_matters_of_it(seconds: float, told: str) -> None:
    assert texts.span(seconds) == told


def test_a_short_token_is_not_given_away_by_its_beginning() -> None:
    assert [texts.shortened(token) for token in ("", "abc", "abcdef", "a" * 40)] == ["…", "a…", "ab…", "a" * 8 + "…"]
