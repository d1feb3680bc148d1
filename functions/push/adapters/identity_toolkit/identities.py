"""Firebase Authentication, by Google's Identity Toolkit (REST v1).

Accounts are made and deleted with the function's own credentials: those that a Web API key makes are counted by
address, a hundred an hour, and all of ours come from one (Firebase, *Authentication limits*).
"""

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from push import logs
from push.adapters.credentials import AccessTokens
from push.adapters.identity_toolkit.claims import is_jwt, vouched
from push.adapters.identity_toolkit.errors import codes_of, translated
from push.domain.errors import Unavailable
from push.domain.identity import Directory, EmailTaken, Identity, Network, NotSetUp, PasswordProof, Proof, TokenProof

if TYPE_CHECKING:
    import httpx

GOOGLE = "https://identitytoolkit.googleapis.com"
# Google's own requires one, and never goes there when the phone has the token already.
_REQUEST_URI = "http://localhost"
_PROVIDERS = {Network.GOOGLE: "google.com", Network.FACEBOOK: "facebook.com"}
# Three tries must end before a phone gives up.
_TIMEOUT_S = 5.0
_ATTEMPTS = 3
_AT_ONCE = 50
_SILENT = "Firebase Authentication does not answer at the moment: try again"


class IdentityToolkit:
    """`tokens` are for what needs the function's own credentials; `transport` is for tests."""

    def __init__(
        self, emulator_host: str | None, tokens: AccessTokens, transport: Any = None, pause_s: float = 0.4
    ) -> None:
        self._base = f"http://{emulator_host}/identitytoolkit.googleapis.com" if emulator_host else GOOGLE
        self._tokens = tokens
        self._transport = transport
        self._pause_s = pause_s

    async def sign_up(self, directory: Directory, proof: PasswordProof) -> Identity:
        path = f"/v1/projects/{directory.project}/accounts"
        made = await self._as_ourselves(path, {"email": proof.email, "password": proof.password})
        return Identity(_uid(made), proof.email)

    async def sign_in(self, directory: Directory, proof: Proof) -> Identity:
        method, said = _sign_in(proof)
        path = f"/v1/accounts:{method}?{urlencode({'key': directory.api_key})}"
        known = await self._post(path, said | {"returnSecureToken": True})
        if known.get("needConfirmation"):
            raise EmailTaken("another account has this email: log in the way that was used before")
        if "mfaPendingCredential" in known:
            raise NotSetUp("this account asks for a second factor, which HALO's SDKs cannot show: switch it off for it")
        email = _text(known, "email") or ""
        return Identity(
            uid=_uid(known),
            email=email,
            verified=known.get("emailVerified") is True or vouched(known.get("idToken"), email),
            display_name=_text(known, "displayName"),
            photo_url=_text(known, "photoUrl", "profilePicture"),
        )

    async def delete(self, project: str, uid: str) -> None:
        await self._as_ourselves(f"/v1/projects/{project}/accounts:delete", {"localId": uid}, gone="USER_NOT_FOUND")

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()

    async def _as_ourselves(self, path: str, body: Mapping[str, Any], gone: str | None = None) -> dict[str, Any]:
        from google.auth.exceptions import GoogleAuthError

        try:
            token = await self._tokens.get()
        except GoogleAuthError as error:
            raise Unavailable("no credentials for Firebase Authentication at the moment: try again") from error
        return await self._post(path, body, {"Authorization": f"Bearer {token}"}, gone)

    async def _post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None, gone: str | None = None
    ) -> dict[str, Any]:
        """The answer's object. Repeats what did not get through: each of these calls may come twice."""
        import httpx

        error: Exception | None = None
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._pause_s * attempt)
            try:
                # httpx counts connecting, writing and every read by itself; this is for all of them.
                async with asyncio.timeout(_TIMEOUT_S):
                    answer = await self._client.post(self._base + path, json=body, headers=headers)
            except (httpx.RequestError, TimeoutError) as failure:
                error = failure
                continue
            if answer.status_code >= 500:
                continue
            said = _object(answer)
            if answer.status_code == 200:
                return said
            if gone in codes_of(said):
                return {}
            raise translated(answer.status_code, said)
        logs.event("identity-silent", "WARNING", error=type(error).__name__)
        raise Unavailable(_SILENT) from None

    @cached_property
    def _client(self) -> "httpx.AsyncClient":
        """Made on first use; what waits longer than it would take is told to come back."""
        import httpx

        limits = httpx.Limits(max_connections=_AT_ONCE)
        return httpx.AsyncClient(timeout=_TIMEOUT_S, limits=limits, trust_env=False, transport=self._transport)


def _sign_in(proof: Proof) -> tuple[str, dict[str, Any]]:
    """The method and its body."""
    if isinstance(proof, PasswordProof):
        return "signInWithPassword", {"email": proof.email, "password": proof.password}
    return "signInWithIdp", {"postBody": _post_body(proof), "requestUri": _REQUEST_URI}


def _post_body(proof: TokenProof) -> str:
    """Google's SDKs give ID tokens, and access tokens when asked; Facebook's give access tokens."""
    kind = "id_token" if proof.network is Network.GOOGLE and is_jwt(proof.token) else "access_token"
    return urlencode({kind: proof.token, "providerId": _PROVIDERS[proof.network]})


def _object(answer: "httpx.Response") -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unavailable(_SILENT)
    return said


def _uid(said: Mapping[str, Any]) -> str:
    uid = _text(said, "localId")
    if uid is None:
        raise Unavailable(_SILENT)
    return uid


def _text(said: Mapping[str, Any], *names: str) -> str | None:
    return next((said[name] for name in names if isinstance(said.get(name), str) and said[name]), None)
