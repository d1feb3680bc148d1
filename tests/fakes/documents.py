"""Documents of one collection as they stand in the console, in memory."""

from collections.abc import Mapping
from typing import Any


class Documents:
    """Versions are numbers that grow with every write; all documents were last written `age_ms` ago."""

    def __init__(self) -> None:
        self.age_ms = 0
        self._stored: dict[str, tuple[dict[str, Any], int]] = {}
        self._writes = 0

    def ids(self) -> list[str]:
        return [*self._stored]

    def get(self, id: str) -> tuple[dict[str, Any], int] | None:
        return self._stored.get(id)

    def version(self, id: str) -> int | None:
        return self._stored[id][1] if id in self._stored else None

    def put(self, id: str, fields: Mapping[str, Any]) -> None:
        self._writes += 1
        self._stored[id] = (dict(fields), self._writes)

    def merge(self, id: str, fields: Mapping[str, Any]) -> None:
        if id in self._stored:
            self.put(id, {**self._stored[id][0], **fields})

    def drop(self, id: str) -> None:
        self._stored.pop(id, None)
