"""Who may call the private functions: the one service account, by a token that Google signed."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from push.adapters.identity.invokers import GoogleInvokers
from push.domain.errors import BadToken, Unavailable

NOW = 1_800_000_000.0
EMAIL, AUDIENCE = "invoker@demo.iam.gserviceaccount.com", "halo-push"
OTHER = "https://ingest-1.europe-west4.run.app"
KEY = RSAKey.generate_key(2048, {"kid": "google-1", "use": "sig", "alg": "RS256"})
NEXT = RSAKey.generate_key(2048, {"kid": "google-2", "use": "sig", "alg": "RS256"})
CLAIMS = {
    "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": EMAIL, "email_verified": True, "sub": "1",
    "iat": int(NOW), "exp": int(NOW) + 3_600,
}  # fmt: skip


class Google:
    """The certificates, as Google publishes them; and a clock."""

    def __init__(self) -> None:
        self.keys = [KEY]
        self.fetched = 0
        self.down = False
        self.now = NOW
        self.invokers = GoogleInvokers("https://certs", (AUDIENCE, OTHER), EMAIL, lambda: self.now, self.fetch)

    def fetch(self, url: str) -> Mapping[str, Any]:
        assert url == "https://certs"
        self.fetched += 1
        if self.down:
            raise Unavailable("no route to Google")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


@pytest.fixture
def google() -> Google:
    return Google()


def token(key: Any = KEY, algorithm: str = "RS256", **change: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | change).items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, [algorithm])


def verify(google: Google, *tokens: str) -> None:
    async def play() -> None:
        for each in tokens:
            await google.invokers.verify(each)

    asyncio.run(play())


def test_the_deployments_invoker_is_let_in_and_certificates_are_read_once_an_hour(google: Google) -> None:
    verify(google, token(), token(iss="accounts.google.com"))
    assert google.fetched == 1
    google.now += 3_590
    verify(google, token())
    assert google.fetched == 1
    google.now += 11
    verify(google, token(exp=int(google.now) + 60))
    assert google.fetched == 2


def test_each_url_of_the_function_is_an_audience_and_a_part_of_one_is_not(google: Google) -> None:
    verify(google, token(aud=OTHER), token(aud=[OTHER]))
    others: list[Any] = [OTHER[:-1], f"{OTHER}/", f"{AUDIENCE},{OTHER}", "", []]
    for aud in others:
        with pytest.raises(BadToken):
            verify(google, token(aud=aud))


@pytest.mark.parametrize(
    "change",
    [
        {"email": "other@demo.iam.gserviceaccount.com"}, {"email": None}, {"email_verified": False},
        {"email_verified": None}, {"aud": "https://elsewhere"}, {"aud": None}, {"iss": "https://evil.example"},
        {"iss": None}, {"exp": int(NOW) - 11}, {"exp": None}, {"iat": int(NOW) + 60},
    ],
)  # fmt: skip
def test_anybody_else_is_not(google: Google, change: dict[str, Any]) -> None:
    with pytest.raises(BadToken):
        verify(google, token(**change))


def test_clocks_may_differ_by_ten_seconds(google: Google) -> None:
    verify(google, token(exp=int(NOW) - 9), token(iat=int(NOW) + 9))


def test_another_key_with_googles_name_is_refused(google: Google) -> None:
    impostor = RSAKey.generate_key(2048, {"kid": "google-1"})
    with pytest.raises(BadToken):
        verify(google, token(impostor))


@pytest.mark.parametrize(
    "text",
    ["", "x", "a.b.c", "ü.ü.ü", "." * 10_000, token()[:-4], token().replace(".", "..")],
    ids=["nothing", "a letter", "three letters", "umlauts", "dots", "cut short", "dots doubled"],
)
def test_what_is_no_token_is_refused_without_asking_google(google: Google, text: str) -> None:
    with pytest.raises(BadToken):
        verify(google, text)


def test_the_algorithm_is_pinned(google: Google) -> None:
    secret = OctKey.import_key("a shared secret of a good length", {"kid": "google-1"})
    with pytest.raises(BadToken):
        verify(google, token(secret, "HS256"))
    head = "eyJhbGciOiJub25lIiwia2lkIjoiZ29vZ2xlLTEifQ"
    with pytest.raises(BadToken):
        verify(google, f"{head}.{token().split('.')[1]}.")


def test_a_new_key_is_looked_up_but_not_as_often_as_somebody_makes_one_up(google: Google) -> None:
    verify(google, token())
    google.keys = [NEXT]
    for _ in range(5):
        with pytest.raises(BadToken):
            verify(google, token(NEXT))
    assert google.fetched == 1
    google.now += 61
    verify(google, token(NEXT))
    assert google.fetched == 2


def test_no_certificates_means_try_again_not_go_away(google: Google) -> None:
    google.down = True
    with pytest.raises(Unavailable):
        verify(google, token())
    google.down = False
    verify(google, token())


def test_known_certificates_serve_on_while_google_cannot_be_reached(google: Google) -> None:
    verify(google, token())
    google.down, google.now = True, NOW + 3_601
    verify(google, token(exp=int(NOW) + 9_999), token(exp=int(NOW) + 9_999))
    assert google.fetched == 2


def test_certificates_are_read_once_however_many_call_at_once(google: Google) -> None:
    async def play() -> None:
        await asyncio.gather(*(google.invokers.verify(token()) for _ in range(20)))

    asyncio.run(play())
    assert google.fetched == 1
