"""Google's service accounts, verified by google-auth itself: with our own certificates in Google's place, no socket."""

import asyncio
import base64
import json
import time
from typing import Any, NamedTuple

import pytest

from fakes.signing import Signer, lifetime
from push.adapters.identity.certificates import AGAIN_S, FRESH_S, CachedCertificates
from push.adapters.identity.outsiders import VerifiedOutsiders
from push.adapters.identity.service_accounts import ServiceAccounts
from push.domain.errors import BadToken, Unavailable
from push.ports import Outsider

EMAIL, AUDIENCE = "etl@wines.iam.gserviceaccount.com", "https://push.example.com"
GOOGLE, IMPOSTOR = Signer("google-1"), Signer("google-1")
CLAIMS = {
    "iss": "https://accounts.google.com", "aud": AUDIENCE, "azp": "1", "sub": "1", "email": EMAIL,
    "email_verified": True,
}  # fmt: skip


class Answer(NamedTuple):
    status: int
    data: bytes


class Google:
    """The certificates, as Google publishes them, and a clock."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.answer: Answer | None = Answer(200, json.dumps({"google-1": GOOGLE.certificate}).encode())
        self.now = 0.0
        certificates = CachedCertificates(self.fetch, lambda: self.now)
        self.bearers = VerifiedOutsiders(
            [ServiceAccounts({EMAIL.upper(): "editor"}, [AUDIENCE, "other"], certificates)]
        )

    def fetch(self, url: str, method: str, timeout: float) -> Answer:
        assert (method, timeout > 0) == ("GET", True)
        self.fetched.append(url)
        if self.answer is None:
            raise OSError("no route to Google")
        return self.answer

    def verify(self, token: str) -> Outsider:
        assert self.bearers.claims(token)
        return asyncio.run(self.bearers.verify(token))


@pytest.fixture
def google() -> Google:
    return Google()


def token(signer: Signer = GOOGLE, **change: Any) -> str:
    return signer.sign(CLAIMS | lifetime() | change)


def test_a_service_account_has_the_role_that_the_configuration_gives_it(google: Google) -> None:
    assert google.verify(token())[:2] == (f"google:{EMAIL}", "editor")
    assert google.verify(token(aud="other", iss="accounts.google.com")).role == "editor"
    assert google.verify(token(exp=int(time.time()) - 5)).role == "editor"


@pytest.mark.parametrize("email", ["stranger@elsewhere.iam.gserviceaccount.com", EMAIL.replace("s", "ſ")])
def test_one_that_the_configuration_does_not_name_has_none(google: Google, email: str) -> None:
    stranger = google.verify(token(email=email))
    assert (stranger.role, "SERVICE_ACCOUNTS" in stranger.missing) == (None, True)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://elsewhere"}, {"aud": None}, {"aud": [AUDIENCE, "x"]}, {"exp": 1_000}, {"exp": None},
        {"iat": 4_000_000_000}, {"email": None}, {"email": 7}, {"email_verified": False}, {"email_verified": None},
        {"email_verified": "true"}, {"sub": ""}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_anything_else_is_refused(google: Google, change: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        google.verify(token(**change))


def test_a_token_of_another_key_or_of_no_key_at_all_is_refused(google: Google) -> None:
    claims = CLAIMS | lifetime()
    forged = [
        token(IMPOSTOR), GOOGLE.unsigned(claims), GOOGLE.confused(claims), Signer("unknown").sign(claims),
        token()[:-8], token() + "AAAA",
    ]  # fmt: skip
    for each in forged:
        with pytest.raises(BadToken):
            google.verify(each)


def test_who_says_to_be_of_another_issuer_is_not_asked_about(google: Google) -> None:
    others = [token(iss="https://evil.example"), token(iss=None), "x", "a.b.c", "." * 10_000, "ü.ü.ü", "a.W10.c"]
    assert [each for each in others if google.bearers.claims(each)] == []
    with pytest.raises(ValueError, match="claims"):
        asyncio.run(google.bearers.verify("x"))
    assert google.fetched == []


def test_forged_tokens_do_not_make_us_fetch_certificates_again(google: Google) -> None:
    google.verify(token())
    for forged in [Signer("unknown").sign(CLAIMS | lifetime()), *[token(IMPOSTOR)] * 20]:
        with pytest.raises(BadToken):
            google.verify(forged)
    assert len(google.fetched) == 1
    google.now = FRESH_S + 1
    google.verify(token())
    assert len(google.fetched) == 2


def test_known_certificates_serve_on_while_google_does_not_answer(google: Google) -> None:
    google.verify(token())
    google.answer, google.now = None, FRESH_S + 1
    for _ in range(3):
        google.verify(token())
    assert len(google.fetched) == 2
    google.now += AGAIN_S + 1
    google.verify(token())
    assert len(google.fetched) == 3


@pytest.mark.parametrize("answer", [None, Answer(500, b"{}"), Answer(200, b"<html>"), Answer(200, b"[]")], ids=str)
def test_without_certificates_the_caller_is_told_to_come_back(google: Google, answer: Answer | None) -> None:
    good, google.answer = google.answer, answer
    for _ in range(3):
        with pytest.raises(Unavailable):
            google.verify(token())
    assert len(google.fetched) == 1
    google.answer, google.now = good, 6
    assert google.verify(token()).role == "editor"


def test_what_cannot_be_looked_at_soon_does_not_pile_up() -> None:
    class Slow:
        issuers = frozenset({"https://accounts.google.com"})

        def verify(self, token: str) -> Outsider:
            time.sleep(0.05)
            return Outsider(token[:1], None)

    async def play() -> None:
        bearers = VerifiedOutsiders([Slow()], at_once=1, waiting=2)
        answers = await asyncio.gather(*(bearers.verify(token()) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(answer, Outsider) for answer in answers) == 3
        assert sum(isinstance(answer, Unavailable) for answer in answers) == 2
        assert isinstance(await bearers.verify(token()), Outsider)

    asyncio.run(play())


def test_deep_nonsense_is_refused_like_any_other(google: Google) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 4_000).decode()
    assert not google.bearers.claims(f"a.{deep}.c")
    with pytest.raises(BadToken):
        google.verify(f"{deep}.{token().split('.')[1]}.c")
