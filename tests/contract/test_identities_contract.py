"""Firebase Authentication as logging in needs it: the fake, and our adapter over the local stack's emulator."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.identities import FakeIdentities, vouch
from infra.local.auth.accounts import Accounts
from infra.local.auth.server import app
from push.adapters.credentials import AccessTokens, for_emulator
from push.adapters.identity_toolkit.identities import IdentityToolkit
from push.domain.errors import Invalid
from push.domain.identity import Directory, EmailTaken, Network, NotSetUp, PasswordProof, TokenProof, WrongCredentials

WINES = Directory("wines", "a key")
ANN = PasswordProof("ann@example.com", "a long password")
On = Callable[[Callable[[Any], Awaitable[None]]], None]


@pytest.fixture(params=["fake", "emulator"])
def on(request: pytest.FixtureRequest, tmp_path: Path) -> On:
    """Plays a test against fresh accounts of one kind; the emulator runs in this process, without a socket."""

    def run(play: Callable[[Any], Awaitable[None]]) -> None:
        async def whole() -> None:
            if request.param == "fake":
                await play(FakeIdentities())
                return
            transport = httpx.ASGITransport(app(Accounts(tmp_path / "users.json"), "wines"))
            identities = IdentityToolkit("auth", AccessTokens(for_emulator), transport)
            try:
                await play(identities)
            finally:
                await identities.close()

        asyncio.run(whole())

    return run


def google(email: str, verified: bool = True, **more: str) -> TokenProof:
    return TokenProof(Network.GOOGLE, vouch(email, verified, **more))


def test_who_signed_up_signs_in_with_that_password_alone(on: On) -> None:
    async def play(identities: Any) -> None:
        made = await identities.sign_up(WINES, ANN)
        found = await identities.sign_in(WINES, PasswordProof("Ann@Example.com", ANN.password))
        assert (found.uid, found.email, found.verified) == (made.uid, ANN.email, False)
        for wrong in (PasswordProof(ANN.email, "another password"), PasswordProof("bob@example.com", ANN.password)):
            with pytest.raises(WrongCredentials):
                await identities.sign_in(WINES, wrong)

    on(play)


def test_an_email_is_taken_once_a_project(on: On) -> None:
    async def play(identities: Any) -> None:
        await identities.sign_up(WINES, ANN)
        with pytest.raises(EmailTaken):
            await identities.sign_up(WINES, PasswordProof("ANN@example.com", "another password"))
        assert await identities.sign_up(Directory("beers", "another key"), ANN)

    on(play)


@pytest.mark.parametrize(
    ("proof", "pointer"),
    [(PasswordProof("nobody", "a long password"), "/email"), (PasswordProof("a@example.com", "short"), "/password")],
    ids=["email", "password"],
)
def test_what_is_wrong_with_an_account_to_be_is_named(on: On, proof: PasswordProof, pointer: str) -> None:
    async def play(identities: Any) -> None:
        with pytest.raises(Invalid) as refused:
            await identities.sign_up(WINES, proof)
        assert [error.pointer for error in refused.value.errors] == [pointer]

    on(play)


@pytest.mark.parametrize("network", [Network.GOOGLE, Network.FACEBOOK])
def test_a_network_vouches_for_whoever_comes_and_knows_them_again(on: On, network: Network) -> None:
    async def play(identities: Any) -> None:
        proof = TokenProof(network, vouch("ann@example.com", name="Ann Lee", picture="https://x/y.png"))
        first, again = await identities.sign_in(WINES, proof), await identities.sign_in(WINES, proof)
        assert first.uid == again.uid
        assert first[1:] == ("ann@example.com", True, "Ann Lee", "https://x/y.png")

    on(play)


def test_a_token_that_says_nothing_is_no_good(on: On) -> None:
    async def play(identities: Any) -> None:
        for token in ("gibberish", "a.b.c"):
            with pytest.raises(WrongCredentials):
                await identities.sign_in(WINES, TokenProof(Network.GOOGLE, token))

    on(play)


def test_a_verified_email_is_the_same_person_and_an_unverified_one_is_not(on: On) -> None:
    async def play(identities: Any) -> None:
        made = await identities.sign_up(WINES, ANN)
        with pytest.raises(EmailTaken):
            await identities.sign_in(WINES, google(ANN.email, verified=False))
        found = await identities.sign_in(WINES, google(ANN.email))
        assert (found.uid, found.verified) == (made.uid, True)

    on(play)


def test_people_without_an_email_are_not_each_other(on: On) -> None:
    async def play(identities: Any) -> None:
        found = [
            await identities.sign_in(WINES, TokenProof(Network.FACEBOOK, vouch("", False, sub=sub))) for sub in "ab"
        ]
        assert len({each.uid for each in found}) == 2
        assert [each.email for each in found] == ["", ""]

    on(play)


def test_a_deleted_account_is_gone_and_deleting_it_again_is_well(on: On) -> None:
    async def play(identities: Any) -> None:
        made = await identities.sign_up(WINES, ANN)
        await identities.delete("beers", made.uid)
        assert (await identities.sign_in(WINES, ANN)).uid == made.uid
        for _ in range(2):
            await identities.delete("wines", made.uid)
        with pytest.raises(WrongCredentials):
            await identities.sign_in(WINES, ANN)

    on(play)


def test_a_key_that_is_not_taken_is_the_owners_to_mend(on: On) -> None:
    async def play(identities: Any) -> None:
        with pytest.raises(NotSetUp):
            await identities.sign_in(Directory("wines", "invalid"), ANN)

    on(play)
