"""What goes wrong between a terminal and the API, and what is said of it."""

import httpx
import pytest

from fakes.terminal import API, Halo

ID = "a" * 24


def busy(status: int = 503, **headers: str) -> httpx.Response:
    problem = {"detail": "the store does not answer", "errors": []}
    return httpx.Response(
        status, headers={name.replace("_", "-"): text for name, text in headers.items()}, json=problem
    )


@pytest.mark.parametrize("fault", [busy(), busy(429), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("gone")])
def test_what_may_be_asked_twice_is(halo: Halo, fault: httpx.Response | Exception) -> None:
    halo.wire.faults = [fault]
    assert halo("list").exit_code == 0
    assert len(halo.wire.seen) == 2
    assert 0 < halo.slept[0] <= 0.5


def test_a_server_that_says_when_is_heeded_and_the_wait_told(halo: Halo) -> None:
    halo.wire.faults = [busy(retry_after="5"), busy(retry_after="7")]
    found = halo("list")
    assert (found.exit_code, halo.slept) == (0, [5, 7])
    assert "trying again in 5.0 s" in found.stderr


def test_a_wait_that_is_too_long_is_told_instead(halo: Halo) -> None:
    halo.wire.faults = [busy(429, retry_after="900")]
    found = halo("list")
    assert (found.exit_code, halo.slept) == (1, [])
    assert "(again in 15 min)" in found.stderr


def test_it_gives_up_after_some_tries_that_come_further_and_further_apart(halo: Halo) -> None:
    halo.wire.faults = [busy() for _ in range(9)]
    found = halo("list")
    assert (found.exit_code, len(halo.wire.seen)) == (4, 4)
    assert "the store does not answer" in found.stderr
    assert halo.slept[0] <= 0.5 < 1 <= halo.slept[2] <= 2


@pytest.mark.parametrize("fault", [busy(), httpx.ReadTimeout("late")])
def test_what_must_not_be_done_twice_is_asked_once(halo: Halo, fault: httpx.Response | Exception) -> None:
    halo.wire.faults = [fault]
    assert halo("resume", ID).exit_code == 4
    assert len(halo.wire.seen) == 1


def test_where_nobody_listens_the_address_and_what_to_do_are_named(halo: Halo) -> None:
    halo.wire.faults = [httpx.ConnectError("Connection refused")]
    found = halo("list", "--json")
    assert (found.exit_code, found.stdout, halo.slept) == (4, "", [])
    assert found.stderr.startswith(f"Nobody answers at {API} (Connection refused). Check ")


def test_the_local_stack_is_started_by_make_run(anybody: Halo) -> None:
    anybody.wire.faults = [httpx.ConnectError("Connection refused")]
    words = ("login", "--api", "http://127.0.0.1:8080/", "--username", "admin", "--password-stdin")
    assert "`make run`" in anybody(*words, input="x").stderr


def test_an_address_of_something_else_is_named(halo: Halo) -> None:
    halo.wire.faults = [httpx.Response(200, text="<html>"), httpx.Response(404, text="<html>")]
    assert "does not look like HALO Push's API" in halo("list").stderr
    assert "answered 404 (Not Found), and not as" in halo("list").stderr
    halo.wire.faults = [httpx.Response(301, headers={"Location": "https://other/"})]
    assert "https://other/: log in there" in halo("list").stderr


def test_an_answer_of_another_shape_is_no_traceback(halo: Halo) -> None:
    halo.wire.faults = [httpx.Response(200, json={"pagination": {}})]
    found = halo("list")
    assert (found.exit_code, "does not understand" in found.stderr) == (1, True)


def test_a_problem_is_a_sentence_and_the_fields_that_are_wrong(halo: Halo) -> None:
    errors = [{"pointer": "/filterTags/0", "message": "is unknown"}, {"pointer": "/name", "message": "is too long"}]
    halo.wire.faults = [httpx.Response(422, json={"detail": "name is too long", "errors": errors})]
    found = halo("send", "--app", "2", "--name", "x", "--alias", "a")
    assert (found.exit_code, found.stderr) == (1, "name is too long\n  filterTags.0 is unknown\n")


def test_what_an_error_says_cannot_steer_the_terminal(halo: Halo) -> None:
    halo.wire.faults = [httpx.Response(422, json={"detail": "\x1b]0;owned\x07[red]x[/red]", "errors": []})]
    assert halo("list", terminal=True).stderr == "\x1b[31m\\x1b]0;owned\\x07[red]x[/red]\x1b[0m\n"
