"""Whom an expression of tags means: what Firestore is asked, and what is compared as the stream passes."""

from hypothesis import given
from hypothesis import strategies as st

from push.domain.audience import MAX_DISJUNCTIONS, Audience, AudienceKind, carries, group, scan_for
from push.domain.tag import Tag, TagType

IDS = st.integers(0, 60).map(lambda n: f"{n:024x}")
GROUPS = st.lists(st.lists(IDS, min_size=1, max_size=40, unique=True).map(tuple), max_size=4).map(tuple)


def tag(id: str, name: str) -> Tag:
    return Tag(id=id, name=name, value=id, type=TagType.USER)


def scanned(groups: tuple[tuple[str, ...], ...], tags: set[str]) -> bool:
    scan = scan_for(groups)
    return set(scan.all_of) <= tags and (not scan.any_of or bool(set(scan.any_of) & tags))


@given(groups=GROUPS, tags=st.sets(IDS))
def test_what_firestore_is_asked_never_leaves_out_a_device_that_is_meant(
    groups: tuple[tuple[str, ...], ...], tags: set[str]
) -> None:
    if carries(groups, tags):
        assert scanned(groups, tags)


@given(groups=GROUPS)
def test_what_firestore_is_asked_stays_within_its_disjunctions(groups: tuple[tuple[str, ...], ...]) -> None:
    assert len(scan_for(groups).any_of) <= MAX_DISJUNCTIONS


@given(groups=GROUPS, tags=st.sets(IDS))
def test_different_names_mean_all_and_values_of_one_name_mean_any(
    groups: tuple[tuple[str, ...], ...], tags: set[str]
) -> None:
    assert carries(groups, tags) == all(set(ids) & tags for ids in groups)


def test_no_tags_mean_everybody() -> None:
    assert carries((), set())
    assert scan_for(()) == scan_for(())


def test_entries_of_one_name_join_whatever_their_spelling() -> None:
    groups = group([[tag("1", "Platform Name")], [tag("2", "platform name")], [tag("3", "Country")]])
    assert sorted(groups) == [("1", "2"), ("3",)]


def test_an_entry_that_means_several_tags_means_any_of_them() -> None:
    assert group([[tag("1", "vip"), tag("2", "VIP")]]) == (("1", "2"),)


def test_lists_hold_a_thousand_names_each() -> None:
    assert Audience(kind=AudienceKind.ALIASES, listed=10_000).lists == 10
    assert Audience(kind=AudienceKind.ALIASES, listed=1_001).lists == 2
