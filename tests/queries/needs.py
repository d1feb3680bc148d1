"""What a query asks of Firestore's indexes (Firestore, *Index types*, *Index merging*, *Aggregation queries*).

The emulator answers every query; Firestore answers those that have their index. A query with alternatives is answered
as several without, each of which needs its own.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

ASCENDING, DESCENDING, CONTAINS = "ASCENDING", "DESCENDING", "CONTAINS"
NAME = "__name__"
_BY_NUMBER = {1: ASCENDING, 2: DESCENDING}
_EQUAL, _CONTAINS, _RANGE = "equal", "contains", "range"
# Operators of filters, by what they ask of an index (google.firestore.v1.StructuredQuery).
_FIELD_FILTERS = {1: _RANGE, 2: _RANGE, 3: _RANGE, 4: _RANGE, 5: _EQUAL, 6: _RANGE, 7: _CONTAINS, 8: _EQUAL,
                  9: _CONTAINS, 10: _RANGE}  # fmt: skip
_UNARY_FILTERS = {2: _EQUAL, 3: _EQUAL, 4: _RANGE, 5: _RANGE}


class Sorted(NamedTuple):
    """A field of an index, and how it stands there: ASCENDING, DESCENDING or CONTAINS."""

    field: str
    mode: str


class Need(NamedTuple):
    """What one query, without alternatives, looks up: `equal` and `contains` in any order, then `order`. The document's
    name follows by itself, in the direction of what it follows; `order` holds it only where it does not."""

    group: str
    everywhere: bool
    equal: tuple[str, ...] = ()
    contains: str = ""
    order: tuple[Sorted, ...] = ()

    @property
    def fields(self) -> set[str]:
        return {*self.equal, self.contains, *(each.field for each in self.order)} - {"", NAME}

    @property
    def composite(self) -> bool:
        """Whether no index of single fields can be enough, nor several of them merged, which all sort by name."""
        if self.contains:
            return bool(self.equal or self.order)
        return bool(self.order) and (bool(self.equal) or len(self.order) > 1)

    @property
    def singles(self) -> list[Sorted]:
        """The indexes of single fields that answer it together; none where it goes through documents by name."""
        if self.contains:
            return [Sorted(self.contains, CONTAINS)]
        return list(self.order) or [Sorted(field, ASCENDING) for field in self.equal]


def needs_of(query: Any, summed: Sequence[str] = ()) -> Iterator[Need]:
    """Of a StructuredQuery, as a protobuf message; `summed` are fields that are added up or averaged."""
    if len(query.from_) != 1:
        raise ValueError("a query of one collection is expected")
    source = query.from_[0]
    for filters in _alternatives(query.where):
        names = {kind: [f for f, k in filters if k == kind and f != NAME] for kind in (_EQUAL, _CONTAINS, _RANGE)}
        equal = tuple(sorted({*names[_EQUAL]}))
        contains = names[_CONTAINS][0] if names[_CONTAINS] else ""
        order = _order(query.order_by, {*names[_RANGE]}, {*equal})
        missing = sorted({*summed} - {*equal, *(each.field for each in order)})
        order += tuple(Sorted(field, ASCENDING) for field in missing)
        yield Need(source.collection_id, source.all_descendants, equal, contains, order)


def _order(said: Any, ranges: set[str], equal: set[str]) -> tuple[Sorted, ...]:
    """What is sorted by: as it was said, then by fields of which ranges are wanted, then by name. What is equal
    everywhere sorts nothing."""
    orders = [Sorted(each.field.field_path, _BY_NUMBER.get(each.direction, ASCENDING)) for each in said]
    last = orders[-1].mode if orders else ASCENDING
    names = [each for each in orders if each.field == NAME]
    kept = [each for each in orders if each.field not in {NAME, *equal}]
    if names and (orders[-1].field != NAME or ranges - {each.field for each in kept}):
        raise ValueError("what is sorted by name is sorted: nothing can follow")
    kept += [Sorted(field, last) for field in sorted(ranges - {each.field for each in kept})]
    follows = kept[-1].mode if kept else ASCENDING
    if names and names[0].mode != follows:
        kept.append(names[0])
    return tuple(kept)


def _alternatives(where: Any) -> list[list[tuple[str, str]]]:
    """Lists of fields and what is asked of them, of which one must hold."""
    kind = where.WhichOneof("filter_type")
    if kind is None:
        return [[]]
    if kind == "field_filter":
        asked = where.field_filter
        return [[(asked.field.field_path, _FIELD_FILTERS[asked.op])]]
    if kind == "unary_filter":
        return [[(where.unary_filter.field.field_path, _UNARY_FILTERS[where.unary_filter.op])]]
    parts = [_alternatives(each) for each in where.composite_filter.filters]
    if where.composite_filter.op == 2:  # OR
        return [one for part in parts for one in part]
    return [[each for one in chosen for each in one] for chosen in product(*parts)]
