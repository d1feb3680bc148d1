import json
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from google.auth.transport.requests import Request
from google.oauth2 import id_token
from joserfc import jwt
from jwt.exceptions import InvalidAudienceError
from requests import Session

from infra.local.identity import Identity, load_or_create

EMAIL = "tasks@halo-local.iam.gserviceaccount.com"
NOW = 1_795_000_000.9


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return load_or_create(tmp_path_factory.mktemp("identity") / "key.json")


@pytest.fixture
def certs_url(identity: Identity) -> Iterator[str]:
    class Certs(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(identity.certs()).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Certs) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/certs"
        server.shutdown()
        thread.join()


def test_a_google_client_accepts_the_token_for_its_audience_only(identity: Identity, certs_url: str) -> None:
    token = identity.id_token("https://send", EMAIL, time.time())
    with Session() as session:
        claims = id_token.verify_token(token, Request(session), audience="https://send", certs_url=certs_url)
        assert claims["email"] == EMAIL
        with pytest.raises(InvalidAudienceError):
            id_token.verify_token(token, Request(session), audience="https://deliver", certs_url=certs_url)


def test_a_token_has_the_claims_of_a_service_accounts(identity: Identity) -> None:
    token = jwt.decode(identity.id_token("https://send", EMAIL, NOW), identity.key)
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": identity.certs()["keys"][0]["kid"]}
    account = token.claims["sub"]
    assert account.isdecimal()
    assert len(account) == 21
    assert token.claims == {
        "iss": "https://accounts.google.com",
        "aud": "https://send",
        "azp": account,
        "sub": account,
        "email": EMAIL,
        "email_verified": True,
        "iat": 1_795_000_000,
        "exp": 1_795_003_600,
    }


def test_the_certificates_hold_nothing_private(identity: Identity) -> None:
    (key,) = identity.certs()["keys"]
    assert set(key) == {"kty", "n", "e", "use", "alg", "kid"}


def test_the_key_is_kept_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key.json"
    assert load_or_create(path).certs() == load_or_create(path).certs()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_race_end_up_with_one_key(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from infra.local.identity import load_or_create;"
        "sys.stdin.read(); print(load_or_create(pathlib.Path(sys.argv[1])).key.kid)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "key.json")]
    racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for racer in racers:
        assert racer.stdin
        racer.stdin.close()
        racer.stdin = None
    assert len({racer.communicate()[0] for racer in racers}) == 1
    assert [racer.returncode for racer in racers] == [0, 0]
