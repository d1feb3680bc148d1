"""The phones of an inbox, as the page and `GET /phones` show them."""

import json
from itertools import islice
from typing import Any

from infra.local.fcm.inbox import Entry, Inbox
from infra.local.fcm.phone import display

SHOWN = 4  # notifications on one card; the rest is a number


def shown(entry: Entry) -> dict[str, Any]:
    return {"number": entry.number, "at": entry.at} | display(json.loads(entry.text)).as_json()


def phone(inbox: Inbox, target: str) -> dict[str, Any]:
    """Everything one phone received, newest first; the platform is that of its last message, null before the first."""
    received = [shown(entry) for entry in reversed(inbox.find(target=target))]
    return {"target": target, "platform": received[0]["platform"] if received else None, "shown": received}


def page(inbox: Inbox, limit: int, after: int | None, search: str) -> dict[str, Any]:
    """`limit` phones, the one that rang last first, each with its last messages and how many it `received`.

    `next` is the `after` of the next page, null on the last; `total` counts all phones, whatever the search.
    """
    found = list(islice(inbox.recent(after, search), limit + 1))
    phones = [_card(received) for received in found[:limit]]
    following = found[limit - 1][-1].number if len(found) > limit else None
    return {"phones": phones, "total": inbox.targets, "next": following}


def _card(received: list[Entry]) -> dict[str, Any]:
    last = [shown(entry) for entry in reversed(received[-SHOWN:])]
    return {
        "target": received[-1].target,
        "platform": last[0]["platform"],
        "received": len(received),
        "shown": last,
    }
