"""The indexes that a deployment has, by `infra/firestore.indexes.json` and what Firestore makes by itself."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from queries.needs import ASCENDING, CONTAINS, Need, Sorted

FILE = Path(__file__).parents[2] / "infra" / "firestore.indexes.json"
COLLECTION, COLLECTION_GROUP = "COLLECTION", "COLLECTION_GROUP"
_MAPS_AND_LISTS = frozenset({"map_value", "array_value"})


class Index(NamedTuple):
    group: str
    everywhere: bool
    fields: tuple[Sorted, ...]


class Written(NamedTuple):
    """A field that was once written with a value of this kind, as protobuf calls it."""

    group: str
    field: str
    kind: str


@dataclass(frozen=True)
class Indexes:
    """`exceptions`: by collection and field, the indexes that it has instead of the automatic ones."""

    composites: tuple[Index, ...]
    exceptions: dict[tuple[str, str], tuple[Index, ...]]

    @property
    def listed(self) -> set[Index]:
        return {*self.composites, *(index for some in self.exceptions.values() for index in some)}

    def answering(self, need: Need) -> frozenset[Index] | None:
        """The listed indexes by which Firestore answers it: none where automatic ones do. None: it is refused."""
        if need.composite:
            return self._composite(need)
        used: set[Index] = set()
        for single in need.singles:
            index = Index(need.group, need.everywhere, (single,))
            exception = self.exception(need.group, single.field)
            if exception is None and (need.everywhere or single.field == "__name__"):
                return None
            if exception is not None:
                if index not in exception:
                    return None
                used.add(index)
        return frozenset(used)

    def exception(self, group: str, field: str) -> tuple[Index, ...] | None:
        """What a field has by an exception of its own, or of the map that it stands in."""
        parts = field.split(".")
        for length in range(len(parts), 0, -1):
            found = self.exceptions.get((group, ".".join(parts[:length])))
            if found is not None:
                return found
        return None

    def exempt(self, group: str, field: str) -> bool:
        return self.exception(group, field) == ()

    def _composite(self, need: Need) -> frozenset[Index] | None:
        of_it = [each for each in self.composites if (each.group, each.everywhere) == (need.group, need.everywhere)]
        parts = {index: _answered(index, need) for index in of_it}
        able = [index for index, part in parts.items() if part is not None]
        for number in range(1, len(able) + 1):
            for some in combinations(able, number):
                if {*need.equal, need.contains} - {""} == {field for index in some for field in parts[index] or ()}:
                    return frozenset(some)
        return None


def load(file: Path = FILE) -> Indexes:
    written: dict[str, Any] = json.loads(file.read_text())
    composites = tuple(
        Index(each["collectionGroup"], each["queryScope"] == COLLECTION_GROUP, tuple(map(_sorted, each["fields"])))
        for each in written["indexes"]
    )
    exceptions = {}
    for each in written["fieldOverrides"]:
        group, field = each["collectionGroup"], each["fieldPath"]
        exceptions[group, field] = tuple(
            Index(group, index["queryScope"] == COLLECTION_GROUP, (_sorted(index | {"fieldPath": field}),))
            for index in each["indexes"]
        )
    return Indexes(composites, exceptions)


def refused(needs: Iterable[Need], indexes: Indexes) -> list[Need]:
    """What has no index: Firestore would answer FAILED_PRECONDITION."""
    return sorted(need for need in {*needs} if indexes.answering(need) is None)


def unused(needs: Iterable[Need], indexes: Indexes) -> list[Index]:
    used = {index for need in needs for index in indexes.answering(need) or ()}
    return sorted(indexes.listed - used)


def burdens(written: Iterable[Written], needs: Iterable[Need], indexes: Indexes) -> list[Written]:
    """Fields with an index that nobody reads: times, which only grow and so make one hot end of it, and maps and lists,
    which have an entry for each thing in them."""
    read = {(need.group, part) for need in needs for field in need.fields for part in _prefixes(field)}
    heavy = (each for each in {*written} if each.kind in {*_MAPS_AND_LISTS, "timestamp_value"})
    return sorted(
        each for each in heavy if (each.group, each.field) not in read and not indexes.exempt(each.group, each.field)
    )


def _answered(index: Index, need: Need) -> frozenset[str] | None:
    """What of the need an index compares, if it sorts as the need does; None where it is of no use. Several that sort
    alike are merged, but for those of lists."""
    at = max(0, len(index.fields) - len(need.order))
    first, order = index.fields[:at], index.fields[at:]
    compares = bool(need.equal or need.contains)
    if order != need.order or (at > 0) != compares:
        return None
    equal = frozenset(each.field for each in first if each.mode != CONTAINS)
    contains = frozenset(each.field for each in first if each.mode == CONTAINS)
    if need.contains:
        whole = equal == {*need.equal} and contains == {need.contains}
        return equal | contains if whole else None
    return equal if not contains and equal <= {*need.equal} else None


def _sorted(field: dict[str, str]) -> Sorted:
    mode = field["arrayConfig"] if "arrayConfig" in field else field.get("order", ASCENDING)
    return Sorted(field["fieldPath"], mode)


def _prefixes(field: str) -> Iterator[str]:
    parts = field.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))
