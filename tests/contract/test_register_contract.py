"""Apps, accounts and tags."""

from collections.abc import Awaitable, Callable
from typing import Any

from push.domain.account import Account
from push.domain.app import AliasPolicy, App, Client, ClientSecret, hash_secret, shows_secret
from push.domain.rendering import AndroidDisplay
from push.domain.tag import Tag, TagRef, TagType, tag_key, tag_keys

On = Callable[[Callable[[Any], Awaitable[None]]], None]

CLIENT = Client(id="client-1", secrets=(ClientSecret(hash=hash_secret("s3cret"), created_at=1_000),))
APP = App(
    id=7, name="Wines", firebase_project="wines-prod", android_display=AndroidDisplay.NOTIFICATION,
    alias_policy=AliasPolicy.OPEN, client_may_push=True, sounds=("cork",), clients=(CLIENT,), created_at=1_000,
)  # fmt: skip


def tag(name: str, value: str, type_: TagType = TagType.USER, id: str | None = None) -> Tag:
    return Tag(id=id or tag_key(type_, name, value), name=name, value=value, type=type_)


def test_an_app_is_found_by_id_and_by_client(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.apps.put(APP)
        assert await stores.apps.get(7) == APP
        assert await stores.apps.by_client("client-1") == APP
        assert shows_secret(APP, "client-1", "s3cret")
        assert (await stores.apps.get(8), await stores.apps.by_client("client-2")) == (None, None)

    on(play)


def test_a_client_that_was_taken_away_no_longer_finds_its_app(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.apps.put(APP)
        await stores.apps.put(APP.model_copy(update={"clients": ()}))
        assert await stores.apps.by_client("client-1") is None

    on(play)


def test_names_of_accounts_compare_without_case(on: On) -> None:
    async def play(stores: Any) -> None:
        account = Account(id="a" * 24, username="Ana", password_hash="$argon2id$", role="editor", created_at=1_000)
        await stores.accounts.put(account)
        assert await stores.accounts.get("ANA") == account
        assert await stores.accounts.get("bea") is None

    on(play)


def test_a_tag_is_found_by_id_and_by_every_spelling(on: On) -> None:
    async def play(stores: Any) -> None:
        stored = tag("Platform Name", "Android", TagType.DEVICE)
        await stores.tags.create_missing([stored])
        assert await stores.tags.get_many([stored.id, "f" * 24]) == {stored.id: stored}
        keys = tag_keys(TagRef(name="platform name", value="ANDROID"))
        found = await stores.tags.find_many(keys)
        assert [tag for tags in found.values() for tag in tags] == [stored]

    on(play)


def test_a_tag_made_twice_is_one_in_its_first_spelling(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.tags.create_missing([tag("City", "Porto"), tag("City", "Lisboa")])
        await stores.tags.create_missing([tag("CITY", "porto")])
        found = await stores.tags.find_many([tag_key(TagType.USER, "city", "PORTO")])
        assert [tag.name for tags in found.values() for tag in tags] == ["City"]

    on(play)


def test_an_imported_tag_keeps_its_id_and_is_found_by_name(on: On) -> None:
    async def play(stores: Any) -> None:
        imported = tag("Market", "es", TagType.MARKET, id="0" * 21 + "301")
        await stores.tags.create_missing([imported])
        key = tag_key(TagType.MARKET, "market", "ES")
        assert await stores.tags.find_many([key]) == {key: [imported]}

    on(play)


def test_many_keys_are_looked_up_at_once(on: On) -> None:
    async def play(stores: Any) -> None:
        tags = [tag("n", str(number)) for number in range(70)]
        await stores.tags.create_missing(tags)
        found = await stores.tags.find_many([each.id for each in tags] + ["f" * 24])
        assert len(found) == 70

    on(play)


def test_an_id_that_no_document_can_have_is_simply_not_there(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.tags.get_many(["", ".", "..", "a/b", "__x__", "x" * 2_000, "\udc80"]) == {}

    on(play)
