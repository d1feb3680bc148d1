"""Templates: kept whole, edited by one hand at a time, listed by name."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from push.domain.audit import Action, AuditSearch, Change, difference
from push.domain.errors import Stale
from push.domain.tag import TagRef
from push.domain.template import Message, Part, Template

On = Callable[[Callable[[Any], Awaitable[None]]], None]
MESSAGE = Message.model_validate(
    {"notification": {"sound": "ping"}, "data": {"extra": {"": [[1]]}, "custom": {"a": [[1]]}}}
)  # fmt: skip


def template(number: int = 1, **fields: Any) -> Template:
    known: dict[str, Any] = {
        "id": f"{number:024x}", "name": "Offer", "allows": (Part.TEXT, Part.EXTRA), "message": MESSAGE,
        "tags": (TagRef(id="a", name="n", value="v"),), "tag_ids": ("a",), "created_by": "admin", "created_at": 1_000,
        "updated_at": 2_000,
    }  # fmt: skip
    return Template(**known | fields)


def test_a_template_is_kept_whole_replaced_and_deleted_by_who_read_it_last(on: On) -> None:
    async def play(stores: Any) -> None:
        store = stores.templates
        await store.create(template())
        with pytest.raises(Stale):
            await store.create(template(name="another"))
        first = await store.get(template().id)
        assert first.value == template()
        await store.replace(template(name="Sale", message=Message(), revision=2), first.version)
        for late in (store.replace(template(name="late"), first.version), store.delete(template().id, first.version)):
            with pytest.raises(Stale):
                await late
        second = await store.get(template().id)
        assert second.value == template(name="Sale", message=Message(), revision=2)
        await store.delete(template().id, second.version)
        assert await store.get(template().id) is None
        with pytest.raises(Stale):
            await store.replace(template(), second.version)

    on(play)


def test_who_deletes_a_template_is_in_the_audit_from_that_moment_on(on: On) -> None:
    async def play(stores: Any) -> None:
        await stores.templates.create(template())
        read = await stores.templates.get(template().id)
        deleted = Change(
            id="c" * 24, at=3_000, actor="ann", action=Action.DELETE, resource="template", resource_id=template().id,
            changes=difference(read.value, None),
        )  # fmt: skip
        await stores.templates.replace(template(name="Sale"), read.version)
        with pytest.raises(Stale):
            await stores.templates.delete(template().id, read.version, deleted)
        assert await stores.audit.list(AuditSearch(), 9, 0, None) == ([], None)
        now = await stores.templates.get(template().id)
        await stores.templates.delete(template().id, now.version, deleted)
        assert await stores.audit.list(AuditSearch(), 9, 0, None) == ([deleted], None)
        assert await stores.templates.get(template().id) is None

    on(play)


def test_a_template_that_offers_a_tag_is_found(on: On) -> None:
    async def play(stores: Any) -> None:
        assert await stores.templates.using_tag("a") is None
        await stores.templates.create(template(1, tag_ids=("b",)))
        await stores.templates.create(template(2, tag_ids=("a", "c")))
        assert await stores.templates.using_tag("a") == template(2).id
        assert await stores.templates.using_tag("d") is None

    on(play)


def test_templates_are_listed_by_name_and_found_by_how_it_begins(on: On) -> None:
    async def play(stores: Any) -> None:
        for number, name in enumerate(["Sale", "offer", "Offer", "OFFER of the day", "Äpfel"]):
            await stores.templates.create(template(number, name=name))
        read, after = [], None
        while True:
            items, after = await stores.templates.list(None, 2, 0, after)
            read += [item.name for item in items]
            if after is None:
                break
        assert read == ["offer", "Offer", "OFFER of the day", "Sale", "Äpfel"]
        found, end = await stores.templates.list("oFFer", 5, 1, None)
        assert ([item.name for item in found], end) == (["Offer", "OFFER of the day"], None)
        assert (await stores.templates.count(None), await stores.templates.count("OFFER")) == (5, 3)
        for no_id in ("", "a/b", "__x__"):
            assert await stores.templates.get(no_id) is None

    on(play)
