"""The rule by which queries are held against indexes is itself right: each case as Firestore's documentation has it."""

from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore_v1 import AsyncClient
from google.cloud.firestore_v1.base_query import And, FieldFilter, Or

from queries.needs import ASCENDING, CONTAINS, DESCENDING, Need, Sorted, needs_of


@pytest.fixture(scope="module")
def cities() -> Any:
    return AsyncClient(project="demo", credentials=AnonymousCredentials()).collection("cities")


def needs(query: Any, *summed: str) -> list[Need]:
    return list(needs_of(query._to_protobuf()._pb, summed))


def one(query: Any, *summed: str) -> Need:
    (need,) = needs(query, *summed)
    return need


def where(query: Any, *filters: tuple[str, str, Any]) -> Any:
    for each in filters:
        query = query.where(filter=FieldFilter(*each))
    return query


def up(*fields: str) -> tuple[Sorted, ...]:
    return tuple(Sorted(field, ASCENDING) for field in fields)


def down(*fields: str) -> tuple[Sorted, ...]:
    return tuple(Sorted(field, DESCENDING) for field in fields)


def test_all_documents_by_name_need_nothing(cities: Any) -> None:
    need = one(cities.order_by("__name__"))
    assert (need.composite, need.singles) == (False, [])


def test_a_range_of_names_needs_nothing(cities: Any) -> None:
    need = one(where(cities, ("__name__", ">=", cities.document("a"))).order_by("__name__"))
    assert (need.composite, need.singles) == (False, [])


def test_one_field_is_compared_by_its_own_index(cities: Any) -> None:
    for query in (where(cities, ("state", "==", "CA")), where(cities, ("state", "in", ["CA", "NV"]))):
        assert (one(query).composite, one(query).singles) == (False, [*up("state")])


def test_that_something_is_null_or_no_number_is_compared_like_a_value(cities: Any) -> None:
    assert one(where(cities, ("state", "==", None))).equal == ("state",)
    assert one(where(cities, ("state", "==", float("nan")))).equal == ("state",)
    assert one(where(cities, ("state", "!=", None))).order == up("state")


def test_equal_fields_are_merged_from_their_own_indexes(cities: Any) -> None:
    need = one(where(cities, ("state", "==", "CA"), ("capital", "==", False)).order_by("__name__"))
    assert (need.composite, need.singles) == (False, [*up("capital", "state")])


def test_a_range_sorts_by_its_field(cities: Any) -> None:
    for operator in ("<", "<=", ">", ">=", "!="):
        need = one(where(cities, ("population", operator, 5)))
        assert (need.composite, need.singles) == (False, [*up("population")])
    assert one(where(cities, ("population", "not-in", [5]))).order == up("population")


def test_a_range_may_be_sorted_downwards(cities: Any) -> None:
    need = one(where(cities, ("population", ">", 5)).order_by("population", "DESCENDING"))
    assert (need.composite, need.singles) == (False, [*down("population")])


def test_equal_fields_with_another_order_need_a_composite_index(cities: Any) -> None:
    need = one(where(cities, ("state", "==", "CA")).order_by("population", "DESCENDING"))
    assert need == Need("cities", False, ("state",), "", down("population"))
    assert need.composite


def test_equal_fields_with_a_range_of_another_do(cities: Any) -> None:
    need = one(where(cities, ("state", "==", "CA"), ("population", ">", 5)))
    assert (need.composite, need.order) == (True, up("population"))


def test_what_is_equal_everywhere_sorts_nothing(cities: Any) -> None:
    need = one(where(cities, ("state", "==", "CA")).order_by("state"))
    assert (need.composite, need.singles) == (False, [*up("state")])


def test_two_orders_need_one(cities: Any) -> None:
    assert one(cities.order_by("state").order_by("population", "DESCENDING")) == Need(
        "cities", False, (), "", (*up("state"), *down("population"))
    )


def test_ranges_of_two_fields_are_sorted_by_both_in_the_last_direction(cities: Any) -> None:
    query = where(cities, ("population", ">", 5), ("area", "<", 9))
    assert one(query).order == up("area", "population")
    assert one(query.order_by("population", "DESCENDING")).order == down("population", "area")
    assert one(query).composite


def test_a_name_that_goes_with_the_order_adds_nothing_and_one_that_goes_against_it_does(cities: Any) -> None:
    falling = cities.order_by("population", direction="DESCENDING")
    assert not one(falling.order_by("__name__", "DESCENDING")).composite
    assert one(falling.order_by("__name__")).order == (*down("population"), *up("__name__"))
    assert one(falling.order_by("__name__")).composite


def test_an_item_of_a_list_alone_is_found_by_the_lists_own_index(cities: Any) -> None:
    for operator, value in (("array_contains", "west"), ("array_contains_any", ["west", "east"])):
        need = one(where(cities, ("regions", operator, value)).order_by("__name__"))
        assert (need.composite, need.singles) == (False, [Sorted("regions", CONTAINS)])


def test_an_item_of_a_list_with_anything_else_needs_a_composite_index(cities: Any) -> None:
    query = where(cities, ("regions", "array_contains", "west"))
    assert one(where(query, ("state", "==", "CA"))).composite
    assert one(query.order_by("population")).composite


def test_each_alternative_is_a_query_of_its_own(cities: Any) -> None:
    either = Or([FieldFilter("state", "==", "CA"), FieldFilter("population", ">", 5)])
    found = needs(cities.where(filter=And([FieldFilter("capital", "==", True), either])))
    assert [(need.equal, need.order) for need in found] == [
        (("capital", "state"), ()), (("capital",), up("population")),
    ]  # fmt: skip


def test_alternatives_within_alternatives_are_multiplied(cities: Any) -> None:
    pair = [Or([FieldFilter(a, "==", 1), FieldFilter(b, "==", 1)]) for a, b in ("ab", "cd")]
    assert [need.equal for need in needs(cities.where(filter=And(pair)))] == [
        ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"),
    ]  # fmt: skip


def test_a_sum_is_read_from_the_index(cities: Any) -> None:
    assert one(cities.limit(9), "population").singles == [*up("population")]
    summed = one(where(cities, ("state", "==", "CA")), "population", "area")
    assert (summed.composite, summed.order) == (True, up("area", "population"))
    assert one(where(cities, ("state", "==", "CA")), "state").order == ()


def test_a_query_of_all_collections_of_a_name_says_so(cities: Any) -> None:
    group = AsyncClient(project="demo", credentials=AnonymousCredentials()).collection_group("cities")
    assert one(where(group, ("state", "==", "CA"))).everywhere


def test_what_nobody_asks_is_refused_rather_than_guessed(cities: Any) -> None:
    with pytest.raises(ValueError, match="nothing can follow"):
        one(cities.order_by("__name__").order_by("state"))
    with pytest.raises(ValueError, match="nothing can follow"):
        one(where(cities, ("state", ">", "CA")).order_by("__name__"))
