"""Which indexes answer what, as Firestore merges them, and what is missing, unused, or a burden."""

import json
from pathlib import Path
from typing import Any

import pytest

from queries.indexes import Index, Indexes, Written, burdens, load, refused, unused
from queries.needs import ASCENDING, CONTAINS, DESCENDING, Need, Sorted

BY_STATE = Need("cities", False, ("state",), "", (Sorted("population", DESCENDING),))
BY_BOTH = BY_STATE._replace(equal=("capital", "state"))
STATE_ALONE = Need("cities", False, ("state",))


def field(path: str, mode: str = ASCENDING) -> dict[str, str]:
    return {"fieldPath": path} | ({"arrayConfig": mode} if mode == CONTAINS else {"order": mode})


def composite(*fields: dict[str, str], scope: str = "COLLECTION") -> dict[str, Any]:
    return {"collectionGroup": "cities", "queryScope": scope, "fields": list(fields)}


def exception(path: str, *modes: tuple[str, str]) -> dict[str, Any]:
    indexes = [
        {k: v for k, v in (field(path, mode) | {"queryScope": scope}).items() if k != "fieldPath"}
        for mode, scope in modes
    ]
    return {"collectionGroup": "cities", "fieldPath": path, "indexes": indexes}


@pytest.fixture
def of(tmp_path: Path) -> Any:
    def made(*composites: dict[str, Any], exceptions: tuple[dict[str, Any], ...] = ()) -> Indexes:
        file = tmp_path / "indexes.json"
        file.write_text(json.dumps({"indexes": composites, "fieldOverrides": exceptions}))
        return load(file)

    return made


STATE = composite(field("state"), field("population", DESCENDING))
CAPITAL = composite(field("capital"), field("population", DESCENDING))


def test_a_need_is_answered_by_the_index_of_its_fields_and_order(of: Any) -> None:
    assert refused([BY_STATE], of(STATE)) == []
    assert refused([BY_STATE], of()) == [BY_STATE]


@pytest.mark.parametrize(
    "other",
    [
        composite(field("state"), field("population")),
        composite(field("population", DESCENDING), field("state")),
        composite(field("state"), field("population", DESCENDING), field("area")),
        composite(field("state"), field("capital"), field("population", DESCENDING)),
        composite(field("state", CONTAINS), field("population", DESCENDING)),
        composite(field("state"), field("population", DESCENDING), scope="COLLECTION_GROUP"),
        composite(field("population", DESCENDING), field("name")),
    ],
)
def test_another_direction_order_field_or_scope_does_not_answer_it(of: Any, other: dict[str, Any]) -> None:
    assert refused([BY_STATE], of(other)) == [BY_STATE]


def test_what_is_equal_stands_in_any_order_and_direction(of: Any) -> None:
    both = composite(field("state", DESCENDING), field("capital"), field("population", DESCENDING))
    assert refused([BY_BOTH], of(both)) == []


def test_indexes_that_sort_alike_are_merged(of: Any) -> None:
    assert refused([BY_BOTH], of(STATE, CAPITAL)) == []
    assert unused([BY_BOTH], of(STATE, CAPITAL)) == []
    assert refused([BY_BOTH], of(STATE)) == [BY_BOTH]


def test_what_one_index_answers_uses_no_other(of: Any) -> None:
    both = composite(field("state"), field("capital"), field("population", DESCENDING))
    assert [index.fields[0].field for index in unused([BY_BOTH], of(STATE, both))] == ["state"]
    assert len(unused([BY_BOTH], of(STATE, both))[0].fields) == 2


def test_several_orders_alone_are_an_index_of_just_them(of: Any) -> None:
    need = Need("cities", False, (), "", (Sorted("state", ASCENDING), Sorted("population", ASCENDING)))
    assert refused([need], of(composite(field("state"), field("population")))) == []
    assert refused([need], of(composite(field("a"), field("state"), field("population")))) == [need]


def test_lists_are_not_merged(of: Any) -> None:
    need = Need("cities", False, ("capital",), "regions")
    assert refused([need], of()) == [need]
    assert refused([need], of(composite(field("regions", CONTAINS), field("capital")))) == []


def test_an_index_that_automatic_ones_make_superfluous_is_unused(of: Any) -> None:
    superfluous = of(composite(field("capital"), field("state")))
    assert len(unused([Need("cities", False, ("capital", "state"))], superfluous)) == 1


def test_automatic_indexes_are_for_one_collection(of: Any) -> None:
    everywhere = STATE_ALONE._replace(everywhere=True)
    assert refused([STATE_ALONE, everywhere], of()) == [everywhere]
    listed = of(exceptions=(exception("state", (ASCENDING, "COLLECTION_GROUP")),))
    assert refused([everywhere], listed) == []
    assert refused([STATE_ALONE], listed) == [STATE_ALONE]


def test_an_exempt_field_answers_nothing_of_its_own(of: Any) -> None:
    assert refused([STATE_ALONE], of(exceptions=(exception("state"),))) == [STATE_ALONE]
    assert refused([BY_STATE], of(STATE, exceptions=(exception("state"),))) == []


def test_what_a_map_holds_is_exempt_with_it_unless_it_says_otherwise(of: Any) -> None:
    need = Need("cities", False, ("counts.sent",))
    assert refused([need], of(exceptions=(exception("counts"),))) == [need]
    own = exception("counts.sent", (ASCENDING, "COLLECTION"))
    assert refused([need], of(exceptions=(exception("counts"), own))) == []
    assert refused([Need("cities", False, ("countsOf",))], of(exceptions=(exception("counts"),))) == []


def test_an_index_of_an_exception_that_nobody_uses_is_unused(of: Any) -> None:
    listed = of(exceptions=(exception("state", (ASCENDING, "COLLECTION"), (DESCENDING, "COLLECTION")),))
    assert unused([STATE_ALONE], listed) == [Index("cities", False, (Sorted("state", DESCENDING),))]


def test_documents_by_name_downwards_have_no_index(of: Any) -> None:
    need = Need("cities", False, (), "", (Sorted("__name__", DESCENDING),))
    assert refused([need], of()) == [need]


@pytest.mark.parametrize("kind", ["timestamp_value", "map_value", "array_value"])
def test_times_maps_and_lists_that_nobody_reads_are_burdens_unless_they_are_exempt(of: Any, kind: str) -> None:
    written = Written("cities", "state", kind)
    assert burdens([written], [], of()) == [written]
    assert burdens([written], [], of(exceptions=(exception("state"),))) == []
    assert burdens([written], [STATE_ALONE], of()) == []
    assert burdens([written], [Need("cities", False, ("state.name",))], of()) == []
    assert burdens([written], [Need("towns", False, ("state",))], of()) == [written]
    assert burdens([Written("cities", "state", "string_value")], [], of()) == []
