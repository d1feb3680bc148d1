"""Logging in and out, and what of it is kept on the disk."""

import json
import stat

import httpx
import pytest

from fakes.terminal import API, Halo
from fakes.world import PASSWORD


def mode(path: object) -> int:
    return stat.S_IMODE(path.stat().st_mode)  # type: ignore[attr-defined]


def test_a_login_is_kept_for_its_owner_alone_and_good_for_further_commands(anybody: Halo) -> None:
    told = anybody.json("login", "--api", f"{API}/api/", "--username", "editor", "--password-stdin", input=PASSWORD)
    assert told == {
        "api": API, "username": "editor", "rights": ["push-notifications", "push-with-content", "segmented-push"],
        "expiresAt": anybody.world.ports.clock.now() + 86_400_000,
    }  # fmt: skip
    assert (mode(anybody.file), mode(anybody.file.parent)) == (0o600, 0o700)
    assert PASSWORD not in anybody.file.read_text()
    assert anybody.json("whoami")["username"] == "editor"
    assert "push-notifications" in anybody("whoami").stdout


def test_a_directory_that_others_could_read_is_closed(anybody: Halo) -> None:
    anybody.file.parent.mkdir(mode=0o755)
    anybody.login()
    assert mode(anybody.file.parent) == 0o700


def test_a_wrong_password_keeps_nothing_and_says_so(anybody: Halo) -> None:
    found = anybody("login", "--api", API, "--username", "admin", "--password-stdin", input="wrong\n")
    assert (found.exit_code, found.stdout) == (3, "")
    assert found.stderr == "username and password do not belong together\n"
    assert not anybody.file.exists()


def test_a_password_is_asked_for_and_not_shown(anybody: Halo) -> None:
    anybody.somebody = True
    found = anybody("login", "--api", API, input=f"admin\n{PASSWORD}\n")
    assert found.exit_code == 0, found.stderr
    assert PASSWORD not in found.output


def test_a_password_is_no_option_since_others_see_those(anybody: Halo) -> None:
    assert anybody("login", "--api", API, "--username", "admin", "--password", PASSWORD).exit_code == 2


@pytest.mark.parametrize(
    ("words", "missing"),
    [((), "--api"), (("--api", API), "--username"), (("--api", API, "--username", "admin"), "--password-stdin")],
)
def test_where_nobody_can_be_asked_what_is_missing_is_named(
    anybody: Halo, words: tuple[str, ...], missing: str
) -> None:
    found = anybody("login", *words)
    assert found.exit_code == 2
    assert missing in found.stderr


@pytest.mark.parametrize("address", ["halo", "ftp://halo/", "http://", "http://name:word@halo/", "https://halo:port/"])
def test_what_is_no_address_is_refused(anybody: Halo, address: str) -> None:
    found = anybody("login", "--api", address, "--username", "admin", "--password-stdin", input=PASSWORD)
    assert (found.exit_code, "must look like" in found.stderr) == (2, True)


def test_the_local_stack_tells_how_to_log_in(anybody: Halo) -> None:
    assert anybody("login", "--local").exit_code == 4
    told = {"api": f"{API}/", "admin": {"username": "admin", "password": PASSWORD}}
    (anybody.home / "stack.json").write_text(json.dumps(told))
    assert anybody.json("login", "--local")["username"] == "admin"
    assert anybody("login", "--local", "--username", "editor").exit_code == 2


def test_logging_out_ends_the_login_at_the_api_too(halo: Halo) -> None:
    kept = json.loads(halo.file.read_text())
    assert halo("logout").stdout == f"Logged out at {API}.\n"
    assert not halo.file.exists()
    refresh = {"grant_type": "refresh_token", "refresh_token": kept["refresh"]}
    assert halo.world.call("POST", "/api/oauth/token", None, data=refresh).status_code == 401
    assert halo("logout").exit_code == halo("list").exit_code == 3


def test_logging_out_forgets_the_login_even_where_nobody_answers(halo: Halo) -> None:
    halo.wire.faults = [httpx.ConnectError("refused")]
    assert halo("logout").exit_code == 4
    assert not halo.file.exists()


def test_a_script_logs_in_with_each_command_and_keeps_nothing(anybody: Halo) -> None:
    anybody.environment |= {"HALO_API": API, "HALO_USERNAME": "editor", "HALO_PASSWORD": PASSWORD}
    assert anybody.json("whoami")["username"] == "editor"
    assert not anybody.file.parent.exists()


def test_half_of_what_a_script_must_say_is_refused(anybody: Halo) -> None:
    anybody.environment["HALO_PASSWORD"] = PASSWORD
    found = anybody("list")
    assert (found.exit_code, "HALO_API and HALO_USERNAME is not" in found.stderr) == (2, True)


def test_a_token_is_never_carried_to_another_address(halo: Halo) -> None:
    halo.environment["HALO_API"] = "http://elsewhere"
    assert halo("list").exit_code == 3
    assert halo.wire.seen == []


def test_who_lacks_a_right_is_told(anybody: Halo) -> None:
    anybody.login("gardener")
    found = anybody("list")
    assert (found.exit_code, found.stdout) == (3, "")
    assert "right" in found.stderr
