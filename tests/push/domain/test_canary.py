"""Who is the canary, and what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain.canary import Evidence, canary_bound, enough, refusal


@given(estimate=st.integers(1_001, 10**8))
def test_the_canary_is_one_percent_and_at_least_a_hundred(estimate: int) -> None:
    share = int(canary_bound(estimate), 16) / 2**64
    assert share == pytest.approx(max(0.01, 100 / estimate))


@given(estimate=st.integers(0, 1_000))
def test_a_small_audience_has_none(estimate: int) -> None:
    assert canary_bound(estimate) == ""


def test_ninety_five_of_a_hundred_are_enough() -> None:
    assert [enough(seen, 100) for seen in (0, 94, 95, 200)] == [False, False, True, True]
    assert not enough(10**6, None)
    assert not enough(0, 0)


BAD = {"INVALID_ARGUMENT": 60}
FEW = {"INVALID_ARGUMENT": 19}


@pytest.mark.parametrize(
    ("evidence", "stops"),
    [
        ({}, False),
        ({"android": Evidence(0, BAD)}, True),
        ({"android": Evidence(0, FEW)}, False),
        ({"android": Evidence(60, BAD)}, False),
        ({"android": Evidence(59, BAD)}, True),
        # One platform's rendering is bad while another works: that one alone is halted, as HaltWatch does.
        ({"android": Evidence(0, BAD), "ios": Evidence(1, {})}, False),
        ({"android": Evidence(0, BAD), "ios": Evidence(0, FEW)}, True),
        ({"android": Evidence(0, FEW), "ios": Evidence(0, FEW)}, True),
        ({"android": Evidence(0, BAD), "ios": Evidence(20, {"HTTP_413": 21})}, True),
    ],
    ids=range(9),
)
def test_a_broadcast_is_stopped_when_most_are_rejected_and_not_by_one_platform(
    evidence: dict[str, Evidence], stops: bool
) -> None:
    assert (refusal(evidence) is not None) is stops


def test_a_refusal_names_the_commonest_code_of_those_that_count() -> None:
    found = refusal({"android": Evidence(0, BAD), "ios": Evidence(5, {"HTTP_413": 21, "INVALID_ARGUMENT": 1})})
    assert found == (22, 27, "HTTP_413")
