"""What the emulator remembers, and how it is found again."""

import json
from typing import Any

from infra.local.fcm import phones
from infra.local.fcm.inbox import Inbox, schedule_of


def filled(*messages: tuple[str, str]) -> Inbox:
    inbox = Inbox()
    for at, (target, schedule) in enumerate(messages):
        inbox.add(at, target, {"token": target, "data": {"scheduleId": schedule}})
    return inbox


def found(inbox: Inbox, **filters: str) -> list[int]:
    return [entry.at for entry in inbox.find(**filters)]


def test_filters_alone_and_together_keep_the_order() -> None:
    inbox = filled(("a", "1"), ("b", "1"), ("a", "2"), ("a", "1"))
    assert found(inbox) == [0, 1, 2, 3]
    assert found(inbox, schedule_id="1") == [0, 1, 3]
    assert found(inbox, target="a") == [0, 2, 3]
    assert found(inbox, schedule_id="1", target="a") == [0, 3]
    assert found(inbox, schedule_id="9") == found(inbox, target="z") == []


def test_counts_tell_doubles() -> None:
    inbox = filled(("a", "1"), ("b", "1"), ("a", "2"), ("a", "1"))
    assert inbox.counts() == {"accepted": 4, "targets": 2, "doubles": 2}
    assert inbox.counts("1") == {"accepted": 3, "targets": 2, "doubles": 1}
    assert inbox.counts("9") == {"accepted": 0, "targets": 0, "doubles": 0}


def test_a_message_comes_back_as_it_went_in() -> None:
    message: dict[str, Any] = {"token": 'a"b', "data": {"title": "é😀"}, "android": {"ttl": None}}
    entry = Inbox().add(7, 'a"b', message)
    assert json.loads(entry.as_json()) == {"at": 7, "target": 'a"b', "message": message}


def test_the_schedule_is_looked_for_in_every_platforms_data() -> None:
    own = {"scheduleId": "own"}
    assert schedule_of({"data": {"scheduleId": "top"}, "android": {"data": own}}) == "top"
    assert schedule_of({"android": {"data": own}}) == "own"
    assert schedule_of({"apns": {"payload": {"aps": {}} | own}}) == "own"
    assert schedule_of({"webpush": {"data": own}}) == "own"
    assert schedule_of({"token": "t"}) == ""


def test_an_emptied_inbox_knows_nothing() -> None:
    inbox = filled(("a", "1"))
    inbox.clear()
    assert inbox.counts() == {"accepted": 0, "targets": 0, "doubles": 0}
    assert phones.page(inbox, 10, None, "") == {"phones": [], "total": 0, "next": None}


def test_phones_come_by_their_last_message_page_by_page() -> None:
    inbox = filled(("a", "1"), ("b", "1"), ("c", "1"), ("a", "2"))
    first = phones.page(inbox, 2, None, "")
    assert [phone["target"] for phone in first["phones"]] == ["a", "c"]
    second = phones.page(inbox, 2, first["next"], "")
    assert [phone["target"] for phone in second["phones"]] == ["b"]
    assert (first["total"], second["next"]) == (3, None)


def test_phones_are_found_by_a_part_of_their_target() -> None:
    inbox = filled(("Token-One", "1"), ("token-two", "1"))
    assert [phone["target"] for phone in phones.page(inbox, 9, None, "oNE")["phones"]] == ["Token-One"]


def test_a_card_holds_the_last_messages_and_the_number_of_all() -> None:
    card = phones.page(filled(*[("a", str(number)) for number in range(9)]), 9, None, "")["phones"][0]
    assert [shown["scheduleId"] for shown in card["shown"]] == ["8", "7", "6", "5"]
    assert card["received"] == 9


def test_one_phone_shows_everything_newest_first() -> None:
    inbox = filled(("a", "1"), ("a", "2"))
    phone = phones.phone(inbox, "a")
    assert (phone["platform"], [shown["scheduleId"] for shown in phone["shown"]]) == ("android", ["2", "1"])
    assert phones.phone(inbox, "nobody") == {"target": "nobody", "platform": None, "shown": []}
