"""What `python -m infra.local` says when it cannot start."""

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local import firestore, ports
from infra.local.__main__ import main
from infra.local.nextsteps import next_steps
from infra.local.stackfile import held

if TYPE_CHECKING:
    from infra.local.stack.conftest import Stubs


@pytest.fixture(autouse=True)
def _emulator_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)


def test_a_taken_port_ends_it_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    free = ports.free()
    with socket.create_server(("127.0.0.1", free.api)):
        code = main(["run", "--state", str(tmp_path), *_options(free)])
    assert code == 2
    assert f"Port {free.api}, where api would listen, is taken" in capsys.readouterr().err


def test_a_living_stack_ends_it_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with held(tmp_path):
        assert main(["run", "--state", str(tmp_path), *_options(ports.free())]) == 2
    assert "A stack runs in" in capsys.readouterr().err


def test_without_an_emulator_it_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(firestore, "_SDKS", ())
    for name in ("PATH", "HOME", "JAVA_HOME", "CLOUDSDK_ROOT_DIR", "FIREBASE_EMULATORS_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    assert main(["run", "--state", str(tmp_path / "state")]) == 2
    assert "firebase setup:emulators:firestore" in capsys.readouterr().err


def test_an_external_emulator_must_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{ports.free().firestore}")
    assert main(["run", "--state", str(tmp_path)]) == 2
    assert "but nothing answers there" in capsys.readouterr().err


def test_the_commands_to_paste_hold_no_password(tmp_path: Path, stubs: "Stubs") -> None:
    told = next_steps(stubs.addresses, tmp_path / "stack.json")
    assert "api/push/schedule/" in told
    assert stubs.addresses.admin.password not in told.split()


def _options(chosen: ports.Ports) -> list[str]:
    return [word for name in ports.OFFSETS for word in (ports.option(name), str(getattr(chosen, name)))]
