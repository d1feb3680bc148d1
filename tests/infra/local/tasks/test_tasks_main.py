import json
import socket
from pathlib import Path

import pytest

from infra.local.tasks.__main__ import main, settings


def arguments(port: int, folder: Path) -> list[str]:
    ports = ["--port", str(port), "--control-port", "0"]
    return [*ports, "--state", str(folder / "tasks.sqlite"), "--identity", str(folder / "key.json")]


def test_a_port_that_is_taken_is_an_error_with_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert main(arguments(other.getsockname()[1], tmp_path)) == 1
    last = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert last["severity"] == "ERROR"
    assert last["message"].startswith("Cloud Tasks cannot start: ")


def test_the_time_a_name_stays_taken_is_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settings(arguments(1, tmp_path)).behaviour.tombstone_seconds == 3600
    given = settings([*arguments(1, tmp_path), "--tombstone-seconds", "5"])
    assert given.behaviour.tombstone_seconds == 5
    with pytest.raises(SystemExit):
        settings([*arguments(1, tmp_path), "--tombstone-seconds", "-1"])
    assert "--tombstone-seconds: Input should be greater than or equal to 0" in capsys.readouterr().err
