"""`halo` as somebody uses it: its own process, the real API, a terminal that is one."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from e2e.callers import Caller
from infra.local.supervisor import Stack

ROOT = Path(__file__).parents[2]


class Terminal:
    def __init__(self, home: Path) -> None:
        self.environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "XDG_CONFIG_HOME": str(home),
            "TERM": "xterm-256color", "COLUMNS": "100",
        }  # fmt: skip

    def __call__(self, *words: str, input: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "infra.halo", *words], input=input, env=self.environment, timeout=60,
            capture_output=True, text=True,
        )  # fmt: skip

    def json(self, *words: str) -> Any:
        found = self(*words, "--json")
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    def on_screen(self, *words: str) -> tuple[int, str]:
        """What is written to a terminal, with all that moves there."""
        ours, theirs = pty.openpty()
        words = (sys.executable, "-P", "-m", "infra.halo", *words)
        process = subprocess.Popen(words, env=self.environment, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        written = b""
        try:
            while chunk := os.read(ours, 65_536):
                written += chunk
        except OSError:
            pass  # Linux says so when the last one has closed the other end
        finally:
            os.close(ours)
        return process.wait(60), written.decode()


@pytest.fixture(scope="module")
def terminal(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Somebody is logged in."""
    terminal = Terminal(tmp_path_factory.mktemp("home"))
    words = ("login", "--api", stack.api, "--username", stack.admin.username, "--password-stdin")
    found = terminal(*words, input=stack.admin.password)
    assert found.returncode == 0, found.stderr
    return terminal


def test_an_operator_sends_from_a_template_and_sees_all_of_it_go(caller: Caller, terminal: Terminal) -> None:
    caller.register("terminal-1")
    caller.register("terminal-2")
    template = {"name": "From a terminal", "allows": ["text"], "payload": {"notification": {"title": "Hello"}}}
    made = caller.http.post("api/push/template", json=template, headers=caller.server).json()
    code, shown = terminal.on_screen(
        "send", "--app", str(caller.app_id), "--name", "Hello", "--template", "from a terminal", "--body", "you",
        "--alias", "terminal-1", "--alias", "terminal-2", "--watch",
    )  # fmt: skip
    assert (code, "100%" in shown, "2 accepted, 0 failed" in shown) == (0, True, True), shown
    assert "\x1b[?25l" in shown  # a cursor that was hidden
    assert "\x1b[?25h" in shown  # and is back
    sent = terminal.json("list", "--name", "Hello", "--limit", "1")["items"][0]
    assert (sent["state"], sent["template"]) == ("sent", made["id"])
    assert set(caller.received(sent["id"])) == {"terminal-1-token", "terminal-2-token"}
    assert terminal.json("show", sent["id"])["counts"]["accepted"] == 2


def test_an_operator_calls_one_off(caller: Caller, terminal: Terminal) -> None:
    caller.register("terminal-3")
    words = (
        "send",
        "--app",
        str(caller.app_id),
        "--name",
        "Off",
        "--title",
        "x",
        "--alias",
        "terminal-3",
        "--at",
        "+1h",
    )
    waiting = terminal.json(*words)
    assert terminal.json("cancel", waiting["id"], "--yes")["state"] == "cancelled"
    watched = terminal("watch", waiting["id"], "--json")
    assert (watched.returncode, json.loads(watched.stdout)["state"]) == (1, "cancelled")
    found = terminal.json("devices", "terminal-3", "--app", str(caller.app_id))["items"]
    assert ([one["alias"] for one in found], "terminal-3-token" in str(found)) == (["terminal-3"], False)
