"""Who may call a private function: the deployment's own service account, by an OIDC token that Google signed.

Checked here as well as by Cloud Run's IAM: headers such as X-CloudTasks-* prove nothing (Cloud Tasks, *HTTP targets*).
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jwt import JWTClaimsRegistry

from push.domain.errors import BadToken, Unavailable

ISSUERS = ["https://accounts.google.com", "accounts.google.com"]
_ALGORITHM = "RS256"
_SKEW_S = 10
_LONGEST = 8_192
# Google changes its keys every few days and publishes new ones long before it signs with them.
_FRESH_S = 3_600
# A token with an unknown key makes us look again, but not as often as somebody sends one.
_AGAIN_S = 60
_TIMEOUT_S = 10

Fetch = Callable[[str], Mapping[str, Any]]


def fetch_certs(url: str) -> Mapping[str, Any]:
    """The JWK set at `url`. Raises Unavailable."""
    from google.auth.exceptions import TransportError
    from google.auth.transport.requests import Request

    try:
        answer = Request()(url, method="GET", timeout=_TIMEOUT_S)
        if answer.status != 200:
            raise ValueError(f"status {answer.status}")
        certs: Mapping[str, Any] = json.loads(answer.data)
    except (TransportError, OSError, ValueError) as error:
        raise Unavailable(f"the certificates at {url} cannot be read: try again") from error
    return certs


class GoogleInvokers:
    """Verifies tokens with the certificates at `certs_url`, which are kept for an hour."""

    def __init__(
        self,
        certs_url: str,
        audiences: Sequence[str],
        invoker: str,
        now: Callable[[], float] = time.time,
        fetch: Fetch = fetch_certs,
    ) -> None:
        self._url = certs_url
        self._audiences = list(audiences)
        self._invoker = invoker
        self._now = now
        self._fetch = fetch
        self._keys: dict[str, Key] = {}
        self._fetched_at: float | None = None
        self._fetching = asyncio.Lock()

    async def verify(self, token: str) -> None:
        """Raises Unavailable while the certificates cannot be read."""
        try:
            kid = self._kid(token)
            key = await self._key(kid)
            claims = jwt.decode(token, key, [_ALGORITHM]).claims
            self._claims().validate(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise BadToken("this is not an OIDC token of the deployment's invoker") from None

    def _kid(self, token: str) -> str:
        if len(token) > _LONGEST:
            raise ValueError("too long to be Google's")
        return str(jws.extract_compact(token.encode("ascii")).headers()["kid"])

    async def _key(self, kid: str) -> Key:
        if kid not in self._keys or self._age_s() >= _FRESH_S:
            async with self._fetching:
                if self._age_s() >= (_FRESH_S if kid in self._keys else _AGAIN_S):
                    await self._refresh(kid)
        return self._keys[kid]

    def _age_s(self) -> float:
        return _FRESH_S if self._fetched_at is None else self._now() - self._fetched_at

    async def _refresh(self, kid: str) -> None:
        try:
            certs = await asyncio.to_thread(self._fetch, self._url)
            found = KeySet.import_key_set({"keys": list(certs["keys"])})
        except (JoseError, ValueError, KeyError, TypeError, Unavailable) as error:
            if kid not in self._keys:
                raise Unavailable(f"the certificates at {self._url} cannot be read: try again") from error
            # Nothing stops because Google's certificates cannot be read for a while: the key is known.
            self._fetched_at = self._now() - _FRESH_S + _AGAIN_S
            return
        self._keys = {str(key.kid): key for key in found}
        self._fetched_at = self._now()

    def _claims(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._now()),
            leeway=_SKEW_S,
            iss={"essential": True, "values": ISSUERS},
            aud={"essential": True, "values": self._audiences},
            exp={"essential": True},
            email={"essential": True, "value": self._invoker},
            email_verified={"essential": True, "value": True},
        )
