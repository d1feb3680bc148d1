"""Who logged in, was counted or was told to wait by the release before this one, as this one reads it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from contract import earlier
from contract.conftest import FirestoreStores
from contract.earlier import STACK
from fakes.clock import FakeClock
from push.adapters.identity.tokens import SignedTokens
from push.domain.account import Caller
from push.domain.app import Limits
from push.domain.audit import Action, AuditSearch, Resource
from push.domain.errors import BadToken, TooManyRequests
from push.domain.limits import Limited
from push.domain.schedule import State
from push.usecases.limit_attempts import account_name, check_wait
from push.usecases.rotate_tokens import rotate
from push.usecases.spend import Spending

ABOUT = earlier.told("about", STACK)
THEN = int(earlier.written_at(STACK).timestamp() * 1_000)
DOCUMENTS = earlier.documents(timedelta(), STACK)
On = Callable[[Callable[[Any], Awaitable[None]]], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, firestore_emulator: str) -> On:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def play(body: Callable[[Any], Awaitable[None]]) -> None:
        async def whole() -> None:
            stores = FirestoreStores()
            try:
                await earlier.store(stores.database.client, timedelta(), STACK)
                await body(stores)
            finally:
                await stores.close()

        asyncio.run(whole())

    return play


def family(who: str) -> Caller:
    """Whom the refresh token speaks for that this one was given."""
    return SignedTokens(json.dumps(ABOUT["secrets"]["token_keys"])).read_refresh(ABOUT["refreshTokens"][who], THEN)


@pytest.mark.parametrize(("who", "number"), [("phone", 1), ("editor", 2), ("ann", 1)])
def test_a_refresh_token_is_good_once_and_ends_its_family_when_it_was_copied(on: On, who: str, number: int) -> None:
    async def play(stores: Any) -> None:
        shown = family(who)
        assert shown.number == number
        clock = FakeClock(THEN)
        asked = {"refresh_tokens": stores.refresh_tokens, "clock": clock}
        first = await rotate(shown, shown, **asked)
        assert (first.family, first.number) == (shown.family, number + 1)
        second = await rotate(first, first, **asked)
        clock.pass_ms(3_600_000)
        for each in (shown, second):
            with pytest.raises(BadToken):
                await rotate(each, each, **asked)

    on(play)


def test_a_token_that_was_used_before_the_upgrade_is_known_as_used(on: On) -> None:
    async def play(stores: Any) -> None:
        used = family("editor").model_copy(update={"number": 1})
        with pytest.raises(BadToken):
            await rotate(used, used, refresh_tokens=stores.refresh_tokens, clock=FakeClock(THEN + 3_600_000))

    on(play)


def test_wrong_passwords_and_new_devices_go_on_being_counted(on: On) -> None:
    async def play(stores: Any) -> None:
        (failure,) = await stores.attempts.failures(account_name("Admin"), THEN)
        assert 0 < THEN - failure < 60_000
        for _ in range(9):
            await stores.attempts.failed(account_name("admin"), THEN)
        with pytest.raises(TooManyRequests):
            await check_wait(account_name("admin"), attempts=stores.attempts, clock=FakeClock(THEN))
        spending = Spending(2, "127.0.0.1", stores.spent)
        refused = {
            most: await spending.refusal(Limited.DEVICES, 1, THEN, Limits(new_devices_per_address_per_hour=most))
            for most in (5, 6)
        }
        assert (refused[5] is None, refused[6] is None) == (False, True)

    on(play)


def test_the_pause_of_a_project_holds(on: On) -> None:
    async def play(stores: Any) -> None:
        run, pacing = await stores.pace.look(ABOUT["ids"]["left"], "halo-local")
        assert run.value.state is State.SENDING
        assert 0 < pacing.not_before - THEN < 60_000

    on(play)


def test_an_entry_of_the_audit_says_what_it_said(on: On) -> None:
    async def play(stores: Any) -> None:
        entries, _ = await stores.audit.list(AuditSearch(actor="editor@wines.example"), 10, 0, None)
        assert [(each.action, each.resource, each.resource_id) for each in entries] == [
            (Action.CREATE, Resource.SCHEDULE, ABOUT["ids"]["ann"])
        ]
        assert await stores.audit.count(AuditSearch(actor="admin")) == 7

    on(play)


def test_a_day_that_was_summed_up_is_not_summed_again(on: On) -> None:
    async def play(stores: Any) -> None:
        # Numbers that no sum over its runs would come to.
        day = next(path for path in DOCUMENTS if path.startswith("stats/"))
        await stores.database.client.document(day).update({"targeted": 41, "accepted": 40, "failed": 1, "runs": 1})
        (totals,) = await stores.statistics.days(2, [day.removeprefix("stats/2-")])
        assert totals[1:5] == (1, 41, 40, 1)

    on(play)
