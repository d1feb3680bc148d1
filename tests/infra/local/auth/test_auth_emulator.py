"""The stand-in for Firebase Authentication: kept across restarts, and taken for Firebase's own by firebase-admin."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import firebase_admin
import httpx
import pytest
from firebase_admin import auth

from infra.local import ports
from infra.local.auth.accounts import Accounts
from infra.local.auth.server import app

V1 = "/identitytoolkit.googleapis.com/v1/"
ANN = {"email": "Ann@example.com", "password": "a long password"}
OWNER = {"Authorization": "Bearer owner"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "users.json"


def call(file: Path, path: str, body: Any, **headers: str) -> httpx.Response:
    """By an emulator that has just started."""

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app(Accounts(file), "wines"))
        async with httpx.AsyncClient(transport=transport, base_url="http://auth") as client:
            return await client.post(V1 + path, json=body, headers=headers)

    return asyncio.run(post())


def test_accounts_outlive_a_restart_and_passwords_are_not_in_the_file(file: Path) -> None:
    made = call(file, "accounts:signUp?key=k", ANN)
    assert call(file, "accounts:signInWithPassword?key=k", ANN).json()["localId"] == made.json()["localId"]
    assert ANN["password"] not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_what_google_refuses_is_refused_in_its_shape(file: Path) -> None:
    call(file, "accounts:signUp?key=k", ANN)
    for path, body, status, message in (
        ("accounts:signUp?key=k", ANN, 400, "EMAIL_EXISTS"),
        ("accounts:signUp?key=k", {}, 400, "MISSING_EMAIL"),
        ("accounts:signInWithPassword?key=k", ANN | {"password": "x"}, 400, "INVALID_LOGIN_CREDENTIALS"),
        ("accounts:signInWithPassword", ANN, 400, "API key not valid. Please pass a valid API key."),
        ("accounts:nothing?key=k", {}, 404, "this emulator knows"),
        ("accounts:signInWithIdp?key=k", {"postBody": "providerId=x"}, 400, "INVALID_CREDENTIAL_OR_PROVIDER_ID"),
        ("projects/wines/accounts:delete", {"localId": "x"}, 401, "Request is missing"),
        ("accounts:signUp?key=k", [], 400, "Invalid JSON payload received."),
    ):
        answer = call(file, path, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)
        assert answer.json()["error"]["message"].startswith(message)


def test_people_get_claims_that_firebase_admin_reads(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = call(file, "accounts:signUp?key=k", ANN).json()["localId"]
    said = {"localId": uid, "customAttributes": json.dumps({"role": "manager"}), "emailVerified": True}
    assert call(file, "projects/wines/accounts:update", said, **OWNER).status_code == 200
    token = call(file, "accounts:signInWithPassword?key=k", ANN).json()["idToken"]
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:1")
    wines = firebase_admin.initialize_app(options={"projectId": "wines"}, name="wines")
    try:
        claims = auth.verify_id_token(token, wines)
    finally:
        firebase_admin.delete_app(wines)
    assert (claims["uid"], claims["role"], claims["email_verified"]) == (uid, "manager", True)
    (shown,) = call(file, "projects/wines/accounts:lookup", {"email": ["ann@example.com"]}, **OWNER).json()["users"]
    assert (shown["localId"], shown["disabled"]) == (uid, False)


def test_a_disabled_account_does_not_log_in_and_claims_are_an_object(file: Path) -> None:
    uid = call(file, "projects/wines/accounts", ANN, **OWNER).json()["localId"]
    assert call(file, "projects/wines/accounts:update", {"localId": uid, "disableUser": True}, **OWNER).is_success
    refused = call(file, "accounts:signInWithPassword?key=k", ANN)
    assert refused.json()["error"]["message"] == "USER_DISABLED"
    for claims in ("[]", "{"):
        answer = call(file, "projects/wines/accounts:update", {"localId": uid, "customAttributes": claims}, **OWNER)
        assert answer.json()["error"]["message"] == "INVALID_CLAIMS"
    again = {"localId": uid, "disableUser": False, "password": "another password"}
    assert call(file, "projects/wines/accounts:update", again, **OWNER).is_success
    assert call(file, "accounts:signInWithPassword?key=k", ANN | {"password": "another password"}).is_success


def test_it_runs_as_a_process_of_its_own(file: Path) -> None:
    port = str(ports.free().api)
    command = [sys.executable, "-m", "infra.local.auth", "--port", port, "--state", str(file), "--project", "wines"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert _health(f"http://127.0.0.1:{port}/health") == {"status": "ok"}
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _health(url: str) -> Any:
    for _ in range(1_000):
        try:
            return httpx.get(url, trust_env=False).json()
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")
