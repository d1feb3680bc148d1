"""Accounts and roles: names that exist once, an admin that stays, a role that nobody loses; whoever writes at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from push.domain.account import Account, Right
from push.domain.errors import Conflict
from push.domain.role import Role

On = Callable[[Callable[[Any], Awaitable[None]]], None]
SELLER = Role(name="seller", description="Sells", rights=(Right.NOTIFICATIONS, Right.TAGS), created_at=1_000)


def account(id: str, role: str = "admin", **fields: Any) -> Account:
    known: dict[str, Any] = {"username": f"Name {id}", "password_hash": "h", "created_at": 1_000, "stamp": "s"}
    return Account(id=id, role=role, **known | fields)


def with_(**fields: Any) -> Callable[[Account], Account]:
    return lambda before: before.model_copy(update=fields)


def test_an_account_comes_back_whole_by_name_and_by_id(on: On) -> None:
    async def play(stores: Any) -> None:
        made = account("a", ip_ranges=("192.0.2.0/24",), disabled=True)
        await stores.accounts.create(made)
        assert await stores.accounts.get("name A") == made
        assert await stores.accounts.recall("NAME A") == made
        assert await stores.accounts.by_id("a") == made
        assert await stores.accounts.by_id("b") is None
        assert await stores.accounts.recall("nobody") is None

    on(play)


def test_a_name_is_taken_once_in_whatever_case(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.accounts.create(account("a"))
        with pytest.raises(Conflict):
            await stores.accounts.create(account("b", username="NAME A"))
        assert (await stores.accounts.get("name a")).id == "a"

    on(play)


def test_a_change_is_seen_at_once_by_whoever_made_it(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.accounts.create(account("a", "editor"))
        assert not (await stores.accounts.recall("name a")).disabled
        before, after = await stores.accounts.change("a", with_(disabled=True))
        assert (before.disabled, after.disabled) == (False, True)
        assert (await stores.accounts.recall("name a")).disabled
        assert await stores.accounts.change("b", with_(disabled=True)) is None
        assert (await stores.accounts.delete("a")).id == "a"
        assert await stores.accounts.recall("name a") is None
        assert await stores.accounts.delete("a") is None

    on(play)


@pytest.mark.parametrize("fields", [{"disabled": True}, {"role": "editor"}], ids=["disabled", "demoted"])
def test_the_last_admin_stays_one(on: On, fields: dict[str, Any]) -> None:
    async def play(stores: Any) -> None:
        await stores.accounts.create(account("a"))
        await stores.accounts.create(account("b", disabled=True))
        with pytest.raises(Conflict):
            await stores.accounts.change("a", with_(**fields))
        with pytest.raises(Conflict):
            await stores.accounts.delete("a")
        assert await stores.accounts.by_id("a") == account("a")
        await stores.accounts.change("b", with_(disabled=False))
        await stores.accounts.change("a", with_(**fields))

    on(play)


def test_two_admins_who_remove_each_other_leave_one(on: On) -> None:
    async def play(stores: Any) -> None:
        for id in "ab":
            await stores.accounts.create(account(id))
        done = await asyncio.gather(*(stores.accounts.delete(id) for id in "ab"), return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["Account", "Conflict"]
        assert await stores.accounts.count() == 1

    on(play)


def test_accounts_are_listed_by_name_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        for id in "bdaec":
            await stores.accounts.create(account(id, "editor"))
        first, cursor = await stores.accounts.list(2, 0, None)
        second, cursor = await stores.accounts.list(2, 0, cursor)
        third, end = await stores.accounts.list(2, 0, cursor)
        assert [each.id for each in (*first, *second, *third)] == list("abcde")
        assert end is None
        assert [each.id for each in (await stores.accounts.list(9, 3, None))[0]] == ["d", "e"]
        assert await stores.accounts.list(9, 0, "x") == ([], None)
        assert await stores.accounts.count() == 5

    on(play)


def test_a_role_comes_back_whole_and_its_name_is_taken_once(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.roles.create(SELLER)
        assert await stores.roles.get("seller") == await stores.roles.recall("seller") == SELLER
        with pytest.raises(Conflict):
            await stores.roles.create(SELLER.model_copy(update={"rights": (Right.USERS,)}))
        await stores.roles.create(SELLER.model_copy(update={"name": "buyer"}))
        assert [role.name for role in await stores.roles.all()] == ["buyer", "seller"]
        for no_name in ("", "nobody", "a/b"):
            assert await stores.roles.get(no_name) is None
            assert await stores.roles.delete(no_name) is None
            assert await stores.roles.change(no_name, lambda role: role) is None

    on(play)


def test_a_changed_role_is_seen_at_once_by_whoever_changed_it(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.roles.create(SELLER)
        await stores.roles.recall("seller")
        await stores.roles.change("seller", lambda role: role.model_copy(update={"rights": (Right.TAGS,)}))
        assert (await stores.roles.recall("seller")).rights == (Right.TAGS,)

    on(play)


def test_a_role_that_an_account_has_stays(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.roles.create(SELLER)
        await stores.accounts.create(account("a", "seller"))
        with pytest.raises(Conflict):
            await stores.roles.delete("seller")
        await stores.accounts.change("a", with_(role="editor"))
        assert await stores.roles.delete("seller") == SELLER
        with pytest.raises(Conflict):
            await stores.accounts.change("a", with_(role="seller"))
        with pytest.raises(Conflict):
            await stores.accounts.create(account("b", "seller"))

    on(play)
