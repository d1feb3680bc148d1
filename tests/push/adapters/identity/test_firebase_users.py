"""People who log in with Firebase, verified by firebase-admin itself: our certificates in Google's place, no socket."""

import asyncio
import json
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from fakes.signing import Signer, lifetime
from push.adapters.identity.firebase_users import FirebaseUsers, make_client
from push.adapters.identity.outsiders import VerifiedOutsiders
from push.domain.errors import BadToken, Unavailable
from push.ports import Outsider

PROJECT = "wines-prod"
GOOGLE, IMPOSTOR = Signer("firebase-1"), Signer("firebase-1")
CLAIMS = {
    "iss": f"https://securetoken.google.com/{PROJECT}", "aud": PROJECT, "sub": "uid-1", "user_id": "uid-1",
    "email": "ann@example.com", "email_verified": True, "haloRole": "manager", "firebase": {"identities": {}},
}  # fmt: skip


class Certificates(BaseAdapter):
    """Stands where requests would open a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched = 0
        self.down = False

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        self.fetched += 1
        if self.down:
            raise requests.ConnectionError("no route to Google")
        answer = requests.Response()
        answer.status_code = 200
        answer.request, answer.url = request, request.url
        answer._content = json.dumps({"firebase-1": GOOGLE.certificate}).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""


class Firebase:
    def __init__(self) -> None:
        self.certificates = Certificates()
        self.bearers = VerifiedOutsiders([FirebaseUsers(PROJECT, "haloRole", self._client)])

    def _client(self, project: str) -> Any:
        client = make_client(project)
        client._token_verifier.request.session.mount("https://", self.certificates)
        return client

    def verify(self, token: str) -> Outsider:
        assert self.bearers.claims(token)
        return asyncio.run(self.bearers.verify(token))


@pytest.fixture
def firebase(monkeypatch: pytest.MonkeyPatch) -> Firebase:
    monkeypatch.delenv("FIREBASE_AUTH_EMULATOR_HOST", raising=False)
    return Firebase()


def token(signer: Signer = GOOGLE, **change: Any) -> str:
    return signer.sign(CLAIMS | lifetime() | change)


def test_a_person_has_the_role_that_the_custom_claim_says(firebase: Firebase) -> None:
    assert firebase.verify(token())[:2] == ("firebase:ann@example.com", "manager")


@pytest.mark.parametrize(
    "change", [{"email_verified": False}, {"email_verified": None}, {"email": None, "email_verified": None}], ids=str
)
def test_an_address_that_nobody_verified_is_not_whom_the_audit_names(firebase: Firebase, change: Any) -> None:
    assert firebase.verify(token(**change)).subject == "firebase:uid-1"


@pytest.mark.parametrize("role", [None, 7, ["admin"], {"admin": True}], ids=str)
def test_without_the_claim_there_is_no_role(firebase: Firebase, role: Any) -> None:
    person = firebase.verify(token(haloRole=role))
    assert (person.role, "haloRole" in person.missing) == (None, True)


@pytest.mark.parametrize(
    "change",
    [{"aud": "another"}, {"aud": None}, {"exp": 1_000}, {"exp": None}, {"iat": 4_000_000_000}, {"sub": ""},
     {"sub": None}, {"sub": "x" * 129}],
    ids=lambda change: str(change)[:30],
)  # fmt: skip
def test_a_token_that_says_anything_else_is_refused(firebase: Firebase, change: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        firebase.verify(token(**change))


def test_a_token_of_another_key_or_of_no_key_at_all_is_refused(firebase: Firebase) -> None:
    claims = CLAIMS | lifetime()
    forged = [
        token(IMPOSTOR), GOOGLE.unsigned(claims), GOOGLE.confused(claims), GOOGLE.sign(claims, kid=None),
        Signer("unknown").sign(claims), token()[:-8],
    ]  # fmt: skip
    for each in forged:
        with pytest.raises(BadToken):
            firebase.verify(each)


def test_another_projects_tokens_are_nobodys_here(firebase: Firebase) -> None:
    assert not firebase.bearers.claims(token(iss="https://securetoken.google.com/another"))


def test_without_certificates_the_person_is_told_to_come_back(firebase: Firebase) -> None:
    firebase.certificates.down = True
    with pytest.raises(Unavailable):
        firebase.verify(token())
    firebase.certificates.down = False
    assert firebase.verify(token()).role == "manager"


def test_beside_the_emulator_its_unsigned_tokens_are_good_until_they_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:1")
    emulated = Firebase()
    assert emulated.verify(GOOGLE.unsigned(CLAIMS | lifetime())).role == "manager"
    for change in ({"exp": 1_000}, {"exp": None}, {"aud": "another"}):
        with pytest.raises(BadToken):
            emulated.verify(GOOGLE.unsigned(CLAIMS | lifetime() | change))
    assert emulated.certificates.fetched == 0
