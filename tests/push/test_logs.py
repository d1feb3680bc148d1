"""Lines of the log, as Cloud Logging and Error Reporting read them."""

import contextvars
import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from push import logs
from push.domain.errors import Unavailable

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
RUNS = f"00-{'a' * 32}-{'b' * 16}-00"
PLATFORM = {"GOOGLE_CLOUD_PROJECT": "wines", "K_SERVICE": "deliver", "K_REVISION": "deliver-00042-xyz"}


@pytest.fixture(autouse=True)
def deployed() -> Iterator[None]:
    logs.set_up(PLATFORM)
    yield
    logs.set_up({})


def lines(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def served(work: Callable[[], None], **headers: str) -> None:
    """As one request, whose context is its own."""

    def request() -> None:
        logs.begin_request({name.replace("_", "-"): value for name, value in headers.items()})
        work()

    contextvars.copy_context().run(request)


def raised(make: Callable[[], object]) -> Exception:
    try:
        make()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_a_line_belongs_to_the_trace_of_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    served(lambda: logs.event("a"), traceparent=f"00-{TRACE}-{SPAN}-01", x_cloud_trace_context=f"{'c' * 32}/1")
    (line,) = lines(capsys)
    assert line == {
        "severity": "INFO", "message": "a", "logging.googleapis.com/trace": f"projects/wines/traces/{TRACE}",
        "logging.googleapis.com/spanId": SPAN, "logging.googleapis.com/trace_sampled": True,
    }  # fmt: skip


def test_a_request_without_a_trace_gets_one_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        logs.event("a")
        logs.event("b")

    served(work)
    served(work)
    traces = [line["logging.googleapis.com/trace"] for line in lines(capsys)]
    assert traces[0] == traces[1] != traces[2] == traces[3]


def test_outside_of_any_request_a_line_has_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    contextvars.Context().run(logs.event, "a")
    assert lines(capsys) == [{"severity": "INFO", "message": "a"}]


def test_what_is_done_for_a_run_belongs_to_its_trace_and_names_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with logs.followed(RUNS):
            logs.event("of the run")
            assert logs.traceparent() == RUNS
        logs.event("of the request")
        with logs.followed(None):
            logs.event("of a run that an older release stored")
        logs.follow(RUNS)
        logs.event("of the run for good")

    served(work, traceparent=f"00-{TRACE}-{SPAN}-01")
    found = [(line["logging.googleapis.com/trace"][-32:], line.get("request_trace")) for line in lines(capsys)]
    run, request = ("a" * 32, TRACE), (TRACE, None)
    assert found == [run, request, request, run]


def test_an_error_is_grouped_by_a_stack_trace_in_pythons_own_format(capsys: pytest.CaptureFixture[str]) -> None:
    error = raised(lambda: 1 // 0)
    logs.event("it-crashed", "ERROR", error=error, run="r")
    (line,) = lines(capsys)
    assert line["stack_trace"] == "".join(traceback.format_exception(error))
    assert line["stack_trace"].startswith("Traceback (most recent call last):\n  File ")
    assert line["serviceContext"] == {"service": "deliver", "version": "deliver-00042-xyz"}
    assert (line["message"], line["run"], line["error"]) == (
        "it-crashed", "r", "ZeroDivisionError: integer division or modulo by zero",
    )  # fmt: skip
    assert "@type" not in line


def _caused() -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise Unavailable("outer") from error


def _met() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError  # noqa: B904  that is what is tested


def _hidden() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer") from None


@pytest.mark.parametrize("make", [_caused, _met, _hidden])
def test_where_an_error_came_of_is_told_as_python_tells_it(make: Callable[[], None]) -> None:
    error = raised(make)
    assert logs.stack_trace(error) == "".join(traceback.format_exception(error))


def test_an_endless_chain_of_errors_is_cut() -> None:
    error = raised(_caused)
    assert error.__cause__ is not None
    error.__cause__.__cause__ = error
    told = logs.stack_trace(error)
    assert told.count("Traceback (most recent call last)") == 8
    assert told.startswith("Traceback")


class _Phone(BaseModel):
    token: int


@pytest.mark.parametrize("wrap", [False, True])
def test_an_error_never_quotes_what_it_was_given(capsys: pytest.CaptureFixture[str], wrap: bool) -> None:
    given = {"token": "a secret token"}

    def make() -> None:
        try:
            _Phone.model_validate(given)
        except ValidationError as error:
            if wrap:
                raise RuntimeError("not readable") from error
            raise

    logs.event("it-crashed", "ERROR", error=raised(make))
    said = capsys.readouterr().err
    assert "a secret token" not in said
    assert "token: int_parsing" in json.loads(said)["stack_trace"]


def test_an_error_that_is_no_exception_is_grouped_by_where_it_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    for error in ("in words", Unavailable("made, and never raised")):
        logs.event("it-is-wrong", "ERROR", error=error)
    for line in lines(capsys):
        assert line["@type"].endswith("google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent")
        assert line["serviceContext"]["service"] == "deliver"
        location = line["context"]["reportLocation"]
        assert location["filePath"] == __file__
        assert location["functionName"].startswith("test_an_error_that_is_no_exception")
        assert location["lineNumber"] > 0
        assert "stack_trace" not in line


def test_a_warning_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.event("it-goes-on", "WARNING", error=raised(lambda: 1 // 0))
    (line,) = lines(capsys)
    assert "test_logs.py" in line["stack"]
    assert not {"stack_trace", "serviceContext", "@type"} & line.keys()


def test_on_one_machine_a_service_is_its_function(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up({"FUNCTION_TARGET": "sweep"})
    logs.event("it-is-wrong", "ERROR")
    assert lines(capsys)[0]["serviceContext"] == {"service": "sweep", "version": "local"}
