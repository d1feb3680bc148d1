"""Tokens that end: renewed once, by whichever command comes first."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from fakes.terminal import Halo
from infra.halo.credentials import credentials
from infra.halo.trouble import NotAllowed
from infra.halo.wire import Wire

DAY_MS = 86_400_000


def kept(halo: Halo) -> dict[str, str]:
    found: dict[str, str] = json.loads(halo.file.read_text())
    return found


def test_a_token_that_is_about_to_end_is_renewed_first(halo: Halo) -> None:
    before = kept(halo)
    halo.world.ports.clock.pass_ms(DAY_MS - 60_000)
    assert halo("whoami").exit_code == 0
    assert halo.wire.paths() == ["/api/oauth/token", "/api/core/user/self"]
    assert kept(halo)["refresh"] != before["refresh"]
    assert halo("whoami").exit_code == 0
    assert len(halo.wire.paths()) == 3


def test_a_token_that_the_api_does_not_take_is_renewed_once(halo: Halo) -> None:
    halo.file.write_text(json.dumps(kept(halo) | {"access": "something else"}))
    assert halo("whoami").exit_code == 0
    assert halo.wire.paths() == ["/api/core/user/self", "/api/oauth/token", "/api/core/user/self"]


def test_a_login_that_has_ended_is_forgotten_and_named(halo: Halo) -> None:
    del halo.world.ports.accounts.stored["admin"]
    found = halo("whoami")
    assert found.exit_code == 3
    assert "has ended" in found.stderr
    assert halo.wire.paths().count("/api/oauth/token") == 1
    assert not halo.file.exists()


def test_commands_at_one_time_refresh_once_and_log_nobody_out(halo: Halo) -> None:
    halo.world.ports.clock.pass_ms(DAY_MS - 60_000)
    halo.wire.takes_s = 0.05
    together = Barrier(4)

    def ask(_: int) -> str:
        who = credentials(halo.around)  # reads the old token, as the other ones do
        wire = Wire(who.address, halo.around, print)
        together.wait()
        return who.token(wire)

    with ThreadPoolExecutor(4) as pool:
        tokens = set(pool.map(ask, range(4)))
    assert tokens == {kept(halo)["access"]}
    assert halo.wire.paths() == ["/api/oauth/token"]
    halo.world.ports.clock.pass_ms(DAY_MS - 60_000)
    assert halo("whoami").exit_code == 0


def test_a_lost_answer_to_a_refresh_logs_nobody_out(halo: Halo) -> None:
    halo.world.ports.clock.pass_ms(DAY_MS)
    halo.wire.faults, halo.wire.afterwards = [httpx.ReadError("reset")], True
    assert halo("whoami").exit_code == 0


def test_who_logs_out_while_a_command_runs_is_not_logged_in_again(halo: Halo) -> None:
    who = credentials(halo.around)
    halo.file.unlink()
    with pytest.raises(NotAllowed):
        who.renewed("old", Wire(who.address, halo.around, print))
    assert not halo.file.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"api": "x"}', '{"nothing": "known"}'])
def test_a_damaged_file_is_no_traceback(halo: Halo, text: str) -> None:
    halo.file.write_text(text)
    found = halo("list")
    assert (found.exit_code, "cannot be read" in found.stderr) == (3, True)
