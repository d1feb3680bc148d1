"""What goes to Google's Identity Toolkit, held against Google's own description; and what its answers mean."""

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import googleapiclient
import httpx
import pytest
from google.auth.exceptions import RefreshError

from push.adapters.credentials import AccessTokens, for_emulator
from push.adapters.identity_toolkit.errors import TABLE
from push.adapters.identity_toolkit.identities import IdentityToolkit
from push.domain.errors import PushError, TooManyRequests, Unavailable
from push.domain.identity import Directory, EmailTaken, Network, NotSetUp, PasswordProof, TokenProof, WrongCredentials

WINES = Directory("wines", "AIza key")
ANN = PasswordProof("ann@example.com", "a secret password")
DOCUMENT = "discovery_cache/documents/identitytoolkit.v1.json"
Answer = Callable[[httpx.Request], httpx.Response]
Ask = Callable[[IdentityToolkit], Any]
CALLS: dict[str, Ask] = {
    "sign up": lambda toolkit: toolkit.sign_up(WINES, ANN),
    "password": lambda toolkit: toolkit.sign_in(WINES, ANN),
    "network": lambda toolkit: toolkit.sign_in(WINES, TokenProof(Network.GOOGLE, "a.b.c")),
    "delete": lambda toolkit: toolkit.delete("wines", "uid"),
}


def play(ask: Ask, answer: Answer, fetch: Callable[[], tuple[str, float]] = for_emulator) -> Any:
    async def whole() -> Any:
        toolkit = IdentityToolkit(None, AccessTokens(fetch), httpx.MockTransport(answer), pause_s=0)
        try:
            return await ask(toolkit)
        finally:
            await toolkit.close()

    return asyncio.run(whole())


def sent(ask: Ask) -> httpx.Request:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"localId": "uid"})

    play(ask, answer)
    (request,) = seen
    return request


def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(googleapiclient.__file__).parent / DOCUMENT).read_text())
    return found


@pytest.mark.parametrize("call", CALLS)
def test_every_request_is_one_that_google_describes(call: str) -> None:
    document, request = described(), sent(CALLS[call])
    resources = document["resources"]
    projects = resources["projects"]
    methods = [
        *resources["accounts"]["methods"].values(), *projects["methods"].values(),
        *projects["resources"]["accounts"]["methods"].values(),
    ]  # fmt: skip
    path = request.url.path.removeprefix("/")
    (method,) = (m for m in methods if m["path"].replace("{+targetProjectId}", "wines") == path)
    assert (request.method, request.url.host) == (method["httpMethod"], "identitytoolkit.googleapis.com")
    fields = document["schemas"][method["request"]["$ref"]]["properties"]
    kinds = {"string": str, "boolean": bool}
    assert all(isinstance(value, kinds[fields[name]["type"]]) for name, value in json.loads(request.content).items())


def test_a_key_speaks_for_who_logs_in_and_our_own_credentials_for_the_rest() -> None:
    for call in ("password", "network"):
        request = sent(CALLS[call])
        assert (request.url.params["key"], request.headers.get("authorization")) == ("AIza key", None)
    for call in ("sign up", "delete"):
        request = sent(CALLS[call])
        assert (request.url.params.get("key"), request.headers["authorization"]) == (None, "Bearer owner")


@pytest.mark.parametrize(
    ("network", "token", "posted"),
    [
        (Network.GOOGLE, "a.b.c", {"id_token": ["a.b.c"], "providerId": ["google.com"]}),
        (Network.GOOGLE, "ya29.x&y", {"access_token": ["ya29.x&y"], "providerId": ["google.com"]}),
        (Network.FACEBOOK, "EAA", {"access_token": ["EAA"], "providerId": ["facebook.com"]}),
    ],
    ids=["google id token", "google access token", "facebook"],
)
def test_a_networks_token_is_posted_as_its_network_gives_it(network: Network, token: str, posted: Any) -> None:
    body = json.loads(sent(lambda toolkit: toolkit.sign_in(WINES, TokenProof(network, token))).content)
    assert parse_qs(body["postBody"]) == posted
    assert body["requestUri"] == "http://localhost"


@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        ({"email": "Ann@example.com", "email_verified": True}, True),
        ({"email": "ann@example.com", "email_verified": False}, False),
        ({"email": "eve@example.com", "email_verified": True}, False),
        ({"email_verified": True}, False),
    ],
    ids=["this one", "unproven", "another address of the account", "none"],
)
def test_what_is_verified_is_the_email_that_is_told(claims: Any, verified: bool) -> None:
    """Facebook tells an address that its user typed; that the account has proven another one says nothing of it."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    known = {"localId": "uid", "email": "ann@example.com", "emailVerified": False, "idToken": f"e30.{payload}.x"}
    found = play(CALLS["network"], lambda _: httpx.Response(200, json=known))
    assert (found.email, found.verified) == ("ann@example.com", verified)


def refusal(message: str, code: int = 400, **more: Any) -> Answer:
    error = {"code": code, "message": message} | more
    return lambda _: httpx.Response(code, json={"error": error})


@pytest.mark.parametrize("code", sorted(TABLE))
def test_a_code_of_googles_means_the_same_with_a_sentence_behind_it(code: str) -> None:
    for message in (code, f"{code} : and a sentence"):
        with pytest.raises(type(TABLE[code]())):
            play(CALLS["password"], refusal(message))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal("API key not valid.", details=[{"reason": "API_KEY_INVALID"}]), NotSetUp),
        (refusal("Something new", 400, status="INVALID_ARGUMENT"), NotSetUp),
        (refusal("no", 403, status="PERMISSION_DENIED"), NotSetUp),
        (refusal("no", 429), TooManyRequests),
        (refusal("no", 401), Unavailable),
        (refusal("no", 503), Unavailable),
        (lambda _: httpx.Response(404, text="<html>"), Unavailable),
        (lambda _: httpx.Response(200, json=[]), Unavailable),
        (lambda _: httpx.Response(200, json={"needConfirmation": True}), EmailTaken),
        (lambda _: httpx.Response(200, json={"localId": "u", "mfaPendingCredential": "x"}), NotSetUp),
        (lambda _: httpx.Response(200, json={}), Unavailable),
    ],
    ids=["key", "new", "permission", "quota", "401", "503", "html", "list", "confirm", "second factor", "nobody"],
)
def test_other_answers_have_a_meaning_too(answer: Answer, error: type[PushError]) -> None:
    with pytest.raises(error):
        play(CALLS["network"], answer)


def test_what_does_not_get_through_is_tried_three_times() -> None:
    tries: list[str] = []

    def broken(request: httpx.Request) -> httpx.Response:
        tries.append(request.url.path)
        if len(tries) < 3:
            raise httpx.ConnectError("no")
        return httpx.Response(200, json={"localId": "uid"})

    assert play(CALLS["sign up"], broken).uid == "uid"


def test_a_server_that_stays_ill_is_given_up_after_three_tries() -> None:
    tries: list[str] = []

    def ill(request: httpx.Request) -> httpx.Response:
        tries.append(request.url.path)
        return httpx.Response(500)

    with pytest.raises(Unavailable):
        play(CALLS["password"], ill)
    assert len(tries) == 3


def test_without_credentials_of_our_own_it_is_tried_later() -> None:
    def nothing() -> tuple[str, float]:
        raise RefreshError("no")

    with pytest.raises(Unavailable):
        play(CALLS["delete"], lambda _: httpx.Response(200, json={}), nothing)


def test_neither_passwords_nor_tokens_reach_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    quoting = refusal("INVALID_IDP_RESPONSE : cannot parse eyJ.secret.token")
    with pytest.raises(WrongCredentials) as refused:
        play(CALLS["network"], quoting)
    with pytest.raises(NotSetUp):
        play(CALLS["password"], refusal(f"ODD : {ANN.password} of {ANN.email}"))
    with pytest.raises(Unavailable):
        play(CALLS["password"], refusal("x", 500))
    told = capsys.readouterr().err + str(refused.value)
    assert "identity-refused" in told
    assert not any(secret in told for secret in ("eyJ", ANN.password, ANN.email, "AIza"))
