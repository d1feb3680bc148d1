"""What `make package` writes, where nothing else of ours is: its pins are all it needs, and every function starts."""

import json
import os
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from infra.local.parts import FUNCTIONS
from infra.local.supervisor import Source
from push.settings import Settings

# All of them wait for one installation.
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("archive")]

HOST = "127.0.0.1"
PRIVATE = [name for name in FUNCTIONS if name != "api"]
# All that a deployment must set: nothing has a default that only this machine could know.
DEPLOYED = {
    "GOOGLE_CLOUD_PROJECT": "demo-archive",
    "TASKS_LOCATION": "europe-west1",
    "TOKEN_KEYS": json.dumps({"keys": [{"kty": "oct", "kid": "1", "alg": "HS256", "k": secrets.token_urlsafe(32)}]}),
    "KEY_PEPPER": secrets.token_hex(16),
    "INVOKER": "invoker@demo-archive.iam.gserviceaccount.com",
    "OIDC_AUDIENCE": "halo-push",
}


class Running(NamedTuple):
    process: subprocess.Popen[bytes]
    url: str
    log: Path


@pytest.fixture(scope="module")
def functions(installed: Source, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """All of them, each as Google's buildpack starts it."""
    logs = tmp_path_factory.mktemp("logs")
    running = {name: _started(name, installed, logs / name) for name in FUNCTIONS}
    try:
        for name, each in running.items():
            _wait(name, each)
        yield running
    finally:
        for each in running.values():
            each.process.terminate()
        for each in running.values():
            each.process.wait(30)


def test_what_is_said_here_is_what_a_deployment_must_say_and_no_more() -> None:
    assert {name.upper() for name, field in Settings.model_fields.items() if field.is_required()} == DEPLOYED.keys()


def test_nothing_of_ours_but_the_archive_can_be_imported(installed: Source) -> None:
    asked = ["push", "main", "infra", "tests", "fakes", "conftest", "pytest", "granian", "typer", "boto3"]
    script = (
        "import importlib.util as u, json, sys; sys.path.append(sys.argv[1]);"
        "print(json.dumps({n: (s.origin if (s := u.find_spec(n)) else None) for n in sys.argv[2:]}))"
    )
    found = subprocess.run(
        [installed.python, "-I", "-c", script, installed.folder, *asked], capture_output=True, text=True, check=True
    )
    ours = {"push": str(installed.folder / "push" / "__init__.py"), "main": str(installed.folder / "main.py")}
    assert json.loads(found.stdout) == dict.fromkeys(asked) | ours


def test_the_api_says_that_it_is_up_and_explains_itself(functions: dict[str, Running]) -> None:
    with _client(functions["api"]) as client:
        assert client.get("api/health").json() == {"status": "ok"}
        assert "/api/openapi.json" in client.get("api/docs").raise_for_status().text
        assert "/api/push/schedule" in "".join(client.get("api/openapi.json").raise_for_status().json()["paths"])
        assert len(client.get("api/docs/swagger-ui-bundle.js").raise_for_status().content) > 100_000


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_function_answers_a_stranger_with_401_and_a_browser_with_405(
    functions: dict[str, Running], name: str
) -> None:
    with _client(functions[name]) as client:
        answers = [client.post("", json={"v": 1, "id": "a", "epoch": 1}), client.get("")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "unauthenticated"),
        (405, "method-not-allowed"),
    ]
    assert answers[1].headers["allow"] == "POST"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_log_holds_no_traceback_and_it_ends_when_it_is_told_to(functions: dict[str, Running], name: str) -> None:
    with _client(functions[name]) as client:
        client.get("api/health" if name == "api" else "")
    functions[name].process.terminate()
    ended = functions[name].process.wait(30)
    log = functions[name].log.read_text()
    assert ended == 0, log
    assert not re.search(r"Traceback|Error:|\"severity\": ?\"(ERROR|CRITICAL)\"", log), log


def _started(name: str, installed: Source, log: Path) -> Running:
    port = _free_port()
    command = [str(installed.python), "-I", "-m", "functions_framework", "--target", name, "--source", "main.py"]
    command += ["--signature-type", "http", "--host", HOST, "--port", str(port)]
    # The last three keep Google's clients from looking for a login, on this machine or on a metadata server.
    told = DEPLOYED | {"FUNCTION_TARGET": name, "PATH": os.environ["PATH"], "HOME": str(log.parent)}
    told |= {"CLOUDSDK_CONFIG": str(log.parent), "NO_GCE_CHECK": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    with log.open("wb") as to:
        process = subprocess.Popen(command, cwd=installed.folder, env=told, stdout=to, stderr=to)
    return Running(process, f"http://{HOST}:{port}/", log)


def _wait(name: str, each: Running) -> None:
    until = time.monotonic() + 120
    with _client(each) as client:
        while time.monotonic() < until and each.process.poll() is None:
            try:
                client.get("api/health" if name == "api" else "")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
    raise AssertionError(f"{name} does not answer:\n{each.log.read_text()[-4_000:]}")


def _client(each: Running) -> httpx.Client:
    return httpx.Client(base_url=each.url, trust_env=False, timeout=30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port
