"""Tokens of our own: what is signed comes back, and nothing else does."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey

from push.adapters.identity.tokens import ACCESS_S, REFRESH_S, SignedTokens
from push.domain.account import Caller
from push.domain.errors import BadToken, Misconfigured

NOW = 1_800_000_000_000
APP = Caller(subject="client", app=2)
USER = Caller(subject="identified-1", app=2, user="identified-1")
PERSON = Caller(subject="admin", role="admin", stamp="a stamp")
OCT = OctKey.generate_key(256, {"kid": "one"})
ED = OKPKey.generate_key("Ed25519", {"kid": "two"})


def keys(*some: Any) -> str:
    return json.dumps({"keys": [key.as_dict(private=True) for key in some]})


@pytest.fixture(params=[OCT, ED], ids=["HS256", "Ed25519"])
def key(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def tokens(key: Any) -> SignedTokens:
    return SignedTokens(keys(key))


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def signed(key: Any, algorithm: str, said: dict[str, Any], **header: Any) -> str:
    return jwt.encode({"alg": algorithm, "kid": key.kid, **header}, said, key, [algorithm])


@pytest.mark.parametrize("caller", [APP, USER, PERSON])
def test_a_caller_comes_back_from_its_tokens(tokens: SignedTokens, caller: Caller) -> None:
    issued = tokens.issue(caller, NOW)
    assert tokens.read_access(issued.access, NOW) == caller
    assert tokens.read_refresh(issued.refresh, NOW) == caller
    assert issued.expires_in_ms == 86_400_000


def test_an_access_token_lives_a_day_and_a_refresh_token_a_year(tokens: SignedTokens) -> None:
    issued = tokens.issue(APP, NOW)
    for read, token, lifetime in (
        (tokens.read_access, issued.access, ACCESS_S),
        (tokens.read_refresh, issued.refresh, REFRESH_S),
    ):
        assert read(token, NOW + 1_000 * (lifetime - 1)) == APP
        with pytest.raises(BadToken):
            read(token, NOW + 1_000 * (lifetime + 11))


def test_one_kind_of_token_is_not_the_other(tokens: SignedTokens) -> None:
    issued = tokens.issue(APP, NOW)
    with pytest.raises(BadToken):
        tokens.read_access(issued.refresh, NOW)
    with pytest.raises(BadToken):
        tokens.read_refresh(issued.access, NOW)


def test_no_two_tokens_are_the_same_and_none_says_more_than_it_must(tokens: SignedTokens) -> None:
    first, second = (claims(tokens.issue(PERSON, NOW).access) for _ in range(2))
    assert first.pop("jti") != second.pop("jti")
    assert first == second
    assert set(first) == {"iss", "aud", "sub", "iat", "exp", "use", "role", "stamp"}


@settings(max_examples=60)
@given(st.data())
def test_a_token_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    tokens = SignedTokens(keys(OCT))
    token = tokens.issue(PERSON, NOW).access
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[at]))
    with pytest.raises(BadToken):
        tokens.read_access(token[:at] + other + token[at + 1 :], NOW)


@settings(max_examples=60)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_no_other_text_is_a_token_and_none_crashes(text: str) -> None:
    with pytest.raises(BadToken):
        SignedTokens(keys(OCT, ED)).read_access(text, NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "Ed25519", "RS256", "HS512"])
def test_the_header_does_not_choose_the_algorithm(tokens: SignedTokens, key: Any, algorithm: str) -> None:
    head, body, signature = tokens.issue(PERSON, NOW).access.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    if header["alg"] == algorithm:
        return
    forged = base64.urlsafe_b64encode(json.dumps(header | {"alg": algorithm}).encode()).rstrip(b"=").decode()
    for ending in (signature, ""):
        with pytest.raises(BadToken):
            tokens.read_access(f"{forged}.{body}.{ending}", NOW)


def test_a_public_key_is_no_shared_secret() -> None:
    """The oldest trick: sign with HS256 and the public half of an asymmetric key."""
    tokens = SignedTokens(keys(ED))
    public = OctKey.import_key(json.dumps(ED.as_dict(private=False)), {"kid": "two"})
    said = claims(tokens.issue(PERSON, NOW).access)
    with pytest.raises(BadToken):
        tokens.read_access(signed(public, "HS256", said), NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "somebody"}, {"aud": "other"}, {"exp": None}, {"use": None}, {"use": "refresh"}, {"sub": None},
        {"sub": 5}, {"exp": "tomorrow"}, {"iat": NOW // 1_000 + 60}, {"app": "2x"}, {"exp": float(10**10) * 10**300},
    ],
)  # fmt: skip
def test_our_own_signature_is_not_enough(change: dict[str, Any]) -> None:
    said = claims(SignedTokens(keys(OCT)).issue(PERSON, NOW).access) | change
    said = {name: value for name, value in said.items() if value is not None}
    with pytest.raises(BadToken):
        SignedTokens(keys(OCT)).read_access(signed(OCT, "HS256", said), NOW)


def test_keys_can_be_changed_without_logging_anybody_out() -> None:
    before, between, after = SignedTokens(keys(OCT)), SignedTokens(keys(ED, OCT)), SignedTokens(keys(ED))
    old, new = before.issue(APP, NOW).access, between.issue(APP, NOW).access
    assert between.read_access(old, NOW) == between.read_access(new, NOW) == after.read_access(new, NOW) == APP
    with pytest.raises(BadToken):
        after.read_access(old, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "{}", "[]", '{"keys": []}', '{"keys": 5}', "not JSON",
        '{"keys": [{"kty": "oct", "k": "c2hvcnQgc2hvcnQgc2hvcg"}]}',
        keys(RSAKey.generate_key(2048)),
    ],
    ids=["empty", "no keys", "list", "none", "number", "text", "short", "RSA"],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_never_quoted(wrong: str) -> None:
    with pytest.raises(Misconfigured, match="TOKEN_KEYS") as caught:
        SignedTokens(wrong)
    assert "c2hvcnQgc2hvcnQgc2hvcg" not in str(caught.value)
