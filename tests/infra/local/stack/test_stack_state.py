"""What a state directory holds: secrets made once, the stack file, the lock."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local.secrets import load, load_or_create
from infra.local.stackfile import held, publish
from infra.local.trouble import CannotStart

HOLDER = "import sys, pathlib; from infra.local.stackfile import held\nwith held(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"  # noqa: E501

if TYPE_CHECKING:
    from infra.local.stack.conftest import Stubs


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "secrets.json"
    made = load_or_create(file)
    assert load_or_create(file) == made == load(file)
    assert mode(file) == 0o600


def test_two_stacks_share_no_secret(tmp_path: Path) -> None:
    one, other = load_or_create(tmp_path / "one.json"), load_or_create(tmp_path / "other.json")
    for name in ("token_keys", "key_pepper", "admin_password", "client_id", "client_secret"):
        assert getattr(one, name) != getattr(other, name)


def test_tokens_are_signed_with_256_bits_under_a_name(tmp_path: Path) -> None:
    (key,) = load_or_create(tmp_path / "secrets.json").token_keys["keys"]
    assert key["kty"] == "oct"
    assert key["kid"]
    assert len(key["k"]) == 43  # 32 bytes in base64url


def test_secrets_of_another_make_are_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    with pytest.raises(CannotStart, match="is not what this stack wrote: remove"):
        load_or_create(tmp_path / "secrets.json")


def test_the_stack_file_is_what_programs_read(tmp_path: Path, stubs: "Stubs") -> None:
    publish(tmp_path / "stack.json", stubs.addresses)
    assert json.loads((tmp_path / "stack.json").read_text()) == {
        "api": "http://127.0.0.1:1/",
        "fcm": "http://127.0.0.1:2",
        "tasks": "127.0.0.1:3",
        "tasksControl": "http://127.0.0.1:4",
        "firestore": "127.0.0.1:5",
        "auth": "127.0.0.1:6",
        "sns": None,
        "project": "halo-local",
        "app": {"appId": 1, "clientId": "id", "clientSecret": "secret"},
        "admin": {"username": "admin", "password": "word"},
    }
    assert mode(tmp_path / "stack.json") == 0o600


def test_one_directory_has_one_stack(tmp_path: Path, stubs: "Stubs") -> None:
    with held(tmp_path):
        publish(tmp_path / "stack.json", stubs.addresses)
        with pytest.raises(CannotStart, match=r"A stack runs in .* already \(process \d+\)"), held(tmp_path):
            pass
        assert (tmp_path / "stack.json").exists()
    assert not (tmp_path / "stack.json").exists()


def test_what_a_dead_stack_left_is_no_hindrance(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(CannotStart, match=f"process {other.pid}"), held(tmp_path):
            pass
        other.kill()
    with held(tmp_path):
        assert (tmp_path / "stack.pid").read_text()
