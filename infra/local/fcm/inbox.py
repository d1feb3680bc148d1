"""Every message that was accepted, in order. It lives in memory: a restart empties it.

Messages are kept as JSON text, with an index by schedule and one by target, so that 100,000 of them cost about their
own size and a filtered look needs no parsing.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, NamedTuple

from infra.local.fcm.rules import block


class Entry(NamedTuple):
    """`number` counts from 1 in order of acceptance; `at` is ms since the epoch; `text` the message as JSON."""

    number: int
    at: int
    target: str
    schedule_id: str
    text: str

    def as_json(self) -> str:
        return f'{{"at": {self.at}, "target": {json.dumps(self.target)}, "message": {self.text}}}'


def schedule_of(message: dict[str, Any]) -> str:
    """`scheduleId` of the data, or of a platform's own data if there is no `data`; "" if nothing names one."""
    apple = block(block(message, "apns"), "payload")
    for data in (
        message.get("data"),
        block(message, "android").get("data"),
        apple,
        block(message, "webpush").get("data"),
    ):
        if data and data.get("scheduleId") is not None:
            return str(data["scheduleId"])
    return ""


class Inbox:
    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.entries: list[Entry] = []
        self._by_schedule: dict[str, list[Entry]] = {}
        # Ordered by the last message, so that the phones that just rang are found at the end.
        self._by_target: OrderedDict[str, list[Entry]] = OrderedDict()

    def add(self, at: int, target: str, message: dict[str, Any]) -> Entry:
        entry = Entry(len(self.entries) + 1, at, target, schedule_of(message), json.dumps(message))
        self.entries.append(entry)
        self._by_schedule.setdefault(entry.schedule_id, []).append(entry)
        self._by_target.setdefault(target, []).append(entry)
        self._by_target.move_to_end(target)
        return entry

    def find(self, schedule_id: str | None = None, target: str | None = None) -> list[Entry]:
        """What was accepted for this schedule, this target, both, or at all; in order of acceptance."""
        if target is not None:
            received = self._by_target.get(target, [])
            return received if schedule_id is None else [each for each in received if each.schedule_id == schedule_id]
        return self.entries if schedule_id is None else self._by_schedule.get(schedule_id, [])

    def counts(self, schedule_id: str | None = None) -> dict[str, int]:
        """How many were accepted, for how many targets, and how many were not the first for their target."""
        found = self.find(schedule_id)
        targets = len({entry.target for entry in found}) if schedule_id is not None else len(self._by_target)
        return {"accepted": len(found), "targets": targets, "doubles": len(found) - targets}

    @property
    def targets(self) -> int:
        return len(self._by_target)

    def recent(self, before: int | None = None, search: str = "") -> Iterator[list[Entry]]:
        """The messages of one phone after another, the phone that rang last first.

        Only phones whose last message is older than the number `before`, and whose target contains `search` (any case).
        """
        wanted = search.casefold()
        for target, received in reversed(self._by_target.items()):
            if (before is None or received[-1].number < before) and wanted in target.casefold():
                yield received
