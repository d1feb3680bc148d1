"""`make bench` itself: what is asked for is run, what is missing is said, and nothing of it is left running."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.bench import __main__ as bench
from infra.bench import crowd, limit, others, readme, results, sink, start, sweep
from infra.bench.ground import ground
from infra.bench.measurement import Found, Measurement
from infra.bench.missing import Missing
from infra.bench.registry import MEASUREMENTS
from infra.local.trouble import CannotStart
from push import logs
from push.domain.keyspace import SLICES, cut, slice_for
from push.usecases.look import AT_ONCE

NGINX = pytest.mark.skipif(not Path("/usr/sbin/nginx").exists(), reason="needs nginx-light")


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    """The command keeps its own process quiet; here others come after it."""
    yield
    logs.set_level("INFO")


def measured(name: str, found: Found | Missing) -> Measurement:
    def measure(_: Any) -> Found:
        if isinstance(found, Missing):
            raise found
        return found

    return Measurement(name, name.title(), {"n": "number"}, measure)


def test_some_are_chosen_by_name_in_the_order_in_which_they_run() -> None:
    assert [measurement.name for measurement in bench.chosen("deliver, sender")] == ["sender", "deliver"]
    assert bench.chosen("") == [*MEASUREMENTS]


def test_an_unknown_name_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(CannotStart, match="no measurement delivery; there is limit, sender, deliver"):
        bench.chosen("delivery")


def test_what_is_missing_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    shown: list[str] = []
    some = [measured("one", Missing("no tool: `apt-get install tool` brings it")), measured("two", Found([{"n": 2}]))]
    with ground(tmp_path, True, print) as on:
        found = bench.run(some, on, lambda measurement, _: shown.append(measurement.name))
    assert shown == ["one", "two"]
    assert [*found.values()] == ["no tool: `apt-get install tool` brings it", Found([{"n": 2}])]


@contextmanager
def kept(paths: tuple[Path, ...]) -> Iterator[None]:
    """Neither made nor changed."""
    before = [path.read_bytes() if path.exists() else None for path in paths]
    yield
    assert [path.read_bytes() if path.exists() else None for path in paths] == before


def test_a_look_prints_and_writes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    some = (measured("one", Missing("no tool")), measured("two", Found([{"n": 12_345}], ["A note."])))
    monkeypatch.setattr(bench, "MEASUREMENTS", some)
    with kept((results.RESULTS, readme.README)):
        assert bench.main(["--quick"]) == 0
        assert bench.main(["--only", "two"]) == 0
        assert bench.main(["--only", "three"]) == 2
    said = capsys.readouterr()
    assert "One was left out: no tool." in said.out
    assert "12,345" in said.out
    assert "A note." in said.out
    assert "there is one, two" in said.err


def test_without_h2load_the_limit_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with ground(tmp_path, True, print) as on:
        with pytest.raises(Missing, match="nghttp2-client"):
            limit.measure(on)
        with pytest.raises(Missing, match="nginx-light"):
            _ = on.sink


def test_without_node_its_library_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_: None)
    with pytest.raises(Missing, match="no npm and Node"):
        others.node_modules(print)


def test_the_tail_has_fcms_own_quantiles() -> None:
    def quantile(share: float) -> float:
        below = 0.0
        for percent, wait in sink.steps():
            below += percent
            if below > share - 1e-6:
                return wait
        raise AssertionError

    assert sum(percent for percent, _ in sink.steps()) == pytest.approx(100)
    assert quantile(50) == pytest.approx(0.08, rel=0.05)
    assert quantile(95) == pytest.approx(0.35, rel=0.05)
    assert quantile(99.9) == pytest.approx(1.3, rel=0.1)


@NGINX
def test_the_sink_answers_as_fcm_does_to_whom_trusts_it_and_ends_with_its_block(tmp_path: Path) -> None:
    with sink.sink(tmp_path) as made:
        trusting = ssl.create_default_context(cafile=str(made.certificate))
        with httpx.Client(http2=True, verify=trusting, trust_env=False) as http:
            for answers in (sink.AT_ONCE, sink.AFTER_50_MS, sink.LIKE_FCM):
                answer = http.post(made.url(answers), content=limit.message())
                assert answer.status_code == 200
                assert answer.http_version == "HTTP/2"
                assert answer.json()["name"].startswith("projects/bench/messages/")
            assert http.post(made.url(sink.AFTER_50_MS), content=b"{}").elapsed.total_seconds() >= 0.05
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", made.port), 1)


@NGINX
@pytest.mark.skipif(shutil.which("h2load") is None, reason="needs nghttp2-client")
def test_a_look_at_the_limit_from_the_command_to_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--quick", "--only", "limit"]) == 0
    said = capsys.readouterr().out
    assert "The limit of the sink" in said
    for answers in (sink.AT_ONCE, sink.AFTER_50_MS):
        assert answers.label in said


def test_a_crowd_is_spread_over_the_keys_or_stands_in_one_slice() -> None:
    spread = {member.key[:2] for member in crowd.members(1, 5_000)}
    assert len(spread) == SLICES
    keys = cut(7, SLICES)
    assert all(keys.start <= member.key < keys.end for member in crowd.members(1, 500, slice_=7))
    assert len({member.target.value for member in crowd.members(1, 500)}) == 500


def test_a_run_is_made_that_is_estimated_from_the_slice_that_is_stored() -> None:
    assert slice_for(start._seen_in(7)) == cut(7, SLICES)


def test_what_sweep_is_measured_with_is_all_that_one_call_looks_at() -> None:
    assert sum(sweep._MIX.values()) == AT_ONCE
    now = 1_800_000_000_000
    needy = [sweep._needy(kind, now) for kind in sweep._MIX]
    assert all((run.wake_at or now + 1) <= now for run in needy)
    assert sum(1 for run in sweep._quiet(200, now) if run.wake_at is not None and run.wake_at <= now) == 0
