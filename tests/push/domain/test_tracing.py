"""A trace is taken from what a request says, as W3C and Google write it, and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain.tracing import TraceContext, new, of_request, parse, parse_cloud

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEX = st.integers(1, 2**64 - 1)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (f"00-{TRACE}-{SPAN}-01", TraceContext(TRACE, SPAN, True)),
        (f" 00-{TRACE}-{SPAN}-00 ", TraceContext(TRACE, SPAN, False)),
        (f"00-{TRACE}-{SPAN}-03", TraceContext(TRACE, SPAN, True)),
        (f"01-{TRACE}-{SPAN}-01-of-a-later-version", TraceContext(TRACE, SPAN, True)),
    ],
)
def test_a_traceparent_says_trace_span_and_whether_it_is_sampled(said: str, read: TraceContext) -> None:
    assert parse(said) == read


@pytest.mark.parametrize(
    "said",
    [
        None, "", "00", TRACE, f"00-{TRACE}-{SPAN}", f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}-{SPAN}-01-more", f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE[:-1]}g-{SPAN}-01", f"00-{TRACE}-{SPAN}-01\n00", f"00-{TRACE}-{SPAN}-1", "x" * 10_000,
    ],
)  # fmt: skip
def test_a_malformed_one_says_nothing(said: str | None) -> None:
    assert parse(said) is None


@given(HEX, HEX, st.booleans())
def test_what_is_kept_is_read_back(trace: int, span: int, sampled: bool) -> None:
    context = TraceContext(f"{trace:032x}", f"{span:016x}", sampled)
    assert parse(context.traceparent) == context


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (f"{TRACE}/255;o=1", TraceContext(TRACE, "00000000000000ff", True)),
        (f"{TRACE.upper()}/255;o=0", TraceContext(TRACE, "00000000000000ff", False)),
        (f"{TRACE}/255", TraceContext(TRACE, "00000000000000ff", False)),
    ],
)
def test_googles_older_header_is_read_too(said: str, read: TraceContext) -> None:
    assert parse_cloud(said) == read


@pytest.mark.parametrize("said", [None, "", "x", f"{TRACE}/;o=1", f"{'0' * 32}/1;o=1", f"{TRACE[1:]}/1"])
def test_a_malformed_one_of_googles_says_nothing(said: str | None) -> None:
    assert parse_cloud(said) is None


def test_one_without_a_usable_span_gets_one() -> None:
    for said in (TRACE, f"{TRACE}/0;o=1", f"{TRACE}/{2**64}"):
        read = parse_cloud(said)
        assert read is not None
        assert parse(read.traceparent) == read


def test_the_standard_comes_before_googles_own_and_a_new_trace_after_both() -> None:
    google = f"{'a' * 32}/1;o=1"
    assert of_request(f"00-{TRACE}-{SPAN}-01", google).trace_id == TRACE
    assert of_request("malformed", google).trace_id == "a" * 32
    made = of_request(None, "malformed")
    assert parse(made.traceparent) == made
    assert made.trace_id != new().trace_id
