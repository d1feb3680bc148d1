"""Access and refresh tokens: JWTs signed with the deployment's own keys (RFC 7519, RFC 8725)."""

import json
import secrets
from functools import lru_cache
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OctKey, OKPKey
from joserfc.jwt import JWTClaimsRegistry

from push.domain.account import Caller
from push.domain.errors import BadToken, Misconfigured
from push.ports import IssuedTokens

ISSUER = "halo-push"
AUDIENCE = "halo-push-api"
ACCESS_S = 24 * 3_600
# Outlives access tokens by far: a phone that was off for months must get back in with it.
REFRESH_S = 365 * 24 * 3_600
_LEEWAY_S = 10
_LONGEST = 4_096
_REMEMBERED = 2_000
# RFC 7518, section 3.2: a key as long as the hash at least.
_HS256_BITS = 256


class _Signer(NamedTuple):
    """A key, and the one algorithm that it is ever used with (RFC 8725, section 3.1)."""

    key: Key
    algorithm: str


class SignedTokens:
    """`keys` is a JWK set as JSON: the first key signs, all of them verify, so that keys can be changed.

    Symmetric keys sign with HS256, OKP keys with Ed25519. Raises Misconfigured for anything else.
    """

    def __init__(self, keys: str) -> None:
        signers = [_signer(key) for key in _read(keys)]
        self._first = signers[0]
        self._by_kid = {signer.key.kid: signer for signer in signers}
        # Good ones alone are remembered: whoever holds one calls again, and nobody fills memory with made-up ones.
        self._verified = lru_cache(_REMEMBERED)(self._verify)

    def issue(self, caller: Caller, now: int) -> IssuedTokens:
        return IssuedTokens(
            access=self._sign(caller, "access", now, ACCESS_S),
            refresh=self._sign(caller, "refresh", now, REFRESH_S),
            expires_in_ms=ACCESS_S * 1_000,
        )

    def read_access(self, token: str, now: int) -> Caller:
        return self._read_token(token, "access", now)

    def read_refresh(self, token: str, now: int) -> Caller:
        return self._read_token(token, "refresh", now)

    def _sign(self, caller: Caller, use: str, now: int, lifetime_s: int) -> str:
        at = now // 1_000
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": caller.subject,
            "iat": at,
            "exp": at + lifetime_s,
            "jti": secrets.token_hex(12),
            "use": use,
        }
        claims |= {"app": caller.app} if caller.app is not None else {"role": caller.role, "stamp": caller.stamp}
        if caller.user is not None:
            claims |= {"user": caller.user, "stamp": caller.stamp}
        if caller.family:
            claims |= {"family": caller.family, "number": caller.number}
        key, algorithm = self._first
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, [algorithm])

    def _read_token(self, token: str, use: str, now: int) -> Caller:
        try:
            claims = self._verified(token)
            self._claims(use, now).validate(claims)
            said = {name: claims.get(name) for name in ("app", "user", "role")}
            place = {name: claims[name] for name in ("family", "number") if name in claims}
            return Caller(subject=claims["sub"], stamp=claims.get("stamp", ""), **said, **place)
        except (JoseError, ValueError, KeyError, TypeError):
            # One sentence for everything: what exactly is wrong helps only those who try tokens out.
            raise BadToken("the token is unknown or has expired: get a new one from oauth/token") from None

    def _verify(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST:
            raise ValueError("too long to be ours")
        text = token.encode("ascii")
        header = jws.extract_compact(text).headers()
        key, algorithm = self._by_kid[header.get("kid")]
        return jwt.decode(text, key, [algorithm]).claims

    def _claims(self, use: str, now: int) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=now // 1_000,
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
            use={"essential": True, "value": use},
        )


def _read(keys: str) -> list[Key]:
    try:
        found = KeySet.import_key_set(json.loads(keys)).keys
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        # The cause may quote the key.
        raise Misconfigured("TOKEN_KEYS must hold a JWK set as JSON, with one key at least") from None
    return found


def _signer(key: Key) -> _Signer:
    if isinstance(key, OctKey) and len(key.raw_value) * 8 >= _HS256_BITS:
        return _Signer(key, "HS256")
    if isinstance(key, OKPKey) and key.curve_name == "Ed25519":
        return _Signer(key, "Ed25519")
    raise Misconfigured("TOKEN_KEYS: a key must be symmetric with 256 bits at least, or Ed25519")
