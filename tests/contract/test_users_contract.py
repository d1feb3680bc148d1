"""Identified users: found by what they log in with, which one user of an app has."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from push.domain.errors import Conflict
from push.domain.user import User

On = Callable[[Callable[[Any], Awaitable[None]]], None]


def user(number: int, **fields: Any) -> User:
    known: dict[str, Any] = {
        "id": f"identified-{number:024x}", "app": 1, "email": f"u{number}@example.com", "name": "Ann",
        "created_at": 1_000, "updated_at": 1_000,
    }  # fmt: skip
    return User(**known | fields)


def test_a_user_comes_back_whole_by_id_email_and_identity(on: On) -> None:
    async def play(stores: Any) -> None:
        more: dict[str, Any] = {"identity": "uid1", "verified": True, "stamp": "s", "disabled": True}
        whole = user(1, surname="Lee", display_name="ann", photo_url="https://x/y", **more)
        await stores.users.create(whole)
        assert await stores.users.get(1, whole.id) == await stores.users.recall(1, whole.id) == whole
        assert await stores.users.by_email(1, " U1@Example.com") == whole
        assert await stores.users.by_identity(1, "uid1") == whole
        for nobody in ("", "a/b", "x" * 1_499, "x" * 3_000, user(2).id):
            assert await stores.users.get(1, nobody) is None
            assert await stores.users.by_email(1, nobody) is None
            assert await stores.users.delete(1, nobody) is None

    on(play)


def test_an_app_does_not_see_another_ones_users(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.users.create(user(1, identity="uid"))
        for found in (
            await stores.users.get(2, user(1).id), await stores.users.recall(2, user(1).id),
            await stores.users.by_email(2, "u1@example.com"), await stores.users.by_identity(2, "uid"),
            await stores.users.change(2, user(1).id, lambda before: before), await stores.users.delete(2, user(1).id),
        ):  # fmt: skip
            assert found is None
        await stores.users.create(user(2, app=2, email="u1@example.com", identity="uid"))
        assert {each.app for each in await stores.users.having("uid", 5)} == {1, 2}
        assert len(await stores.users.having("uid", 1)) == 1

    on(play)


def test_one_id_in_two_apps_is_two_users(on: On) -> None:
    """HALO's users are a customer's, so an import into a second app brings the ids of the first."""
    first, second, third = (user(1, app=app, identity=f"uid{app}") for app in (1, 2, 3))

    async def play(stores: Any) -> None:
        await stores.users.create(first)
        await stores.users.create(second)
        await stores.users.create(third)
        for each in (first, second, third):
            assert await stores.users.get(each.app, each.id) == await stores.users.recall(each.app, each.id) == each
            assert await stores.users.by_email(each.app, each.email) == each
            assert await stores.users.list(each.app, 5, 0, None) == ([each], None)
        assert await stores.users.delete(2, second.id) == second
        assert [await stores.users.get(app, first.id) for app in (1, 2, 3)] == [first, None, third]

    on(play)


def test_of_many_who_take_an_email_at_once_one_gets_it(on: On) -> None:
    async def play(stores: Any) -> None:
        alike = [user(n, email="Ann@example.com" if n % 2 else "ann@EXAMPLE.com") for n in range(4)]
        done = await asyncio.gather(*(stores.users.create(each) for each in alike), return_exceptions=True)
        assert [type(each) for each in done if each is not None] == [Conflict] * 3
        assert (await stores.users.list(1, 9, 0, None))[0] == [alike[done.index(None)]]

    on(play)


def test_an_identity_and_an_email_are_one_users(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.users.create(user(1, identity="uid"))
        await stores.users.create(user(2))
        with pytest.raises(Conflict):
            await stores.users.create(user(3, identity="uid"))
        with pytest.raises(Conflict):
            await stores.users.change(1, user(2).id, lambda u: u.model_copy(update={"email": "U1@example.com"}))
        assert await stores.users.get(1, user(2).id) == user(2)

    on(play)


def test_users_without_an_email_are_as_many_as_there_are(on: On) -> None:
    async def play(stores: Any) -> None:
        for number in (1, 2):
            await stores.users.create(user(number, email="", identity=f"uid{number}"))
        assert await stores.users.by_email(1, "") is None
        assert await stores.users.count(1) == 2

    on(play)


def test_a_changed_email_is_free_again(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.users.create(user(1))
        await stores.users.recall(1, user(1).id)
        moved = user(1, email="new@example.com", identity="uid")
        assert await stores.users.change(1, moved.id, lambda _: moved) == (user(1), moved)
        assert await stores.users.recall(1, moved.id) == moved
        assert await stores.users.by_email(1, "new@example.com") == moved
        assert await stores.users.by_email(1, "u1@example.com") is None
        await stores.users.create(user(2, email="u1@example.com"))

    on(play)


def test_a_deleted_user_is_gone_with_its_logins(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.users.create(user(1, identity="uid"))
        await stores.users.recall(1, user(1).id)
        assert await stores.users.delete(1, user(1).id) == user(1, identity="uid")
        assert await stores.users.delete(1, user(1).id) is None
        assert await stores.users.recall(1, user(1).id) is None
        await stores.users.create(user(2, email="u1@example.com", identity="uid"))

    on(play)


def test_the_users_of_an_app_are_cleared_with_their_logins_and_nobody_elses(on: On) -> None:
    async def play(stores: Any) -> None:
        for number in (1, 2, 3):
            await stores.users.create(user(number, identity=f"uid{number}"))
        await stores.users.create(user(9, app=2))
        assert [await stores.users.clear(1, 2) for _ in "123"] == [2, 1, 0]
        assert await stores.users.count(1) == 0
        assert await stores.users.get(2, user(9).id) is not None
        await stores.users.create(user(4, email="u1@example.com", identity="uid2"))

    on(play)


def test_users_are_listed_by_id_page_by_page(on: On) -> None:
    async def play(stores: Any) -> None:
        for number in (3, 1, 5, 2, 4):
            await stores.users.create(user(number))
        await stores.users.create(user(9, app=2))
        first, cursor = await stores.users.list(1, 2, 0, None)
        await stores.users.delete(1, cursor)
        rest, end = await stores.users.list(1, 9, 0, cursor)
        assert [each.id for each in (*first, *rest)] == [user(n).id for n in (1, 2, 3, 4, 5)]
        assert end is None
        assert [each.id for each in (await stores.users.list(1, 1, 2, None))[0]] == [user(4).id]
        assert await stores.users.list(1, 9, 0, "zz") == ([], None)
        assert await stores.users.count(1) == 4

    on(play)
