"""Tags: one tag for every spelling, and HALO's fixed markets."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain.markets import MARKETS
from push.domain.tag import TagRef, TagType, fold, tag_key, tag_keys

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_no_spelling_makes_another_tag(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    spelt = [f" {text}\t", composed, composed.casefold(), unicodedata.normalize("NFD", text)]
    assert {fold(each) for each in spelt} == {fold(text)}


@pytest.mark.parametrize(
    ("one", "other"), [("Platform Name", "platform name"), ("Straße", "STRASSE"), ("É", "e\u0301"), ("ﬁ", "FI")]
)
def test_names_compare_as_people_read_them(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert tag_key(TagType.USER, one, "v") == tag_key(TagType.USER, other, "V")


@given(texts, texts, texts, texts)
def test_tags_that_differ_have_different_keys(name: str, value: str, name2: str, value2: str) -> None:
    if "\0" in name + value + name2 + value2:
        return
    same = (fold(name), fold(value)) == (fold(name2), fold(value2))
    assert (tag_key(TagType.USER, name, value) == tag_key(TagType.USER, name2, value2)) is same


def test_a_key_looks_like_an_id_and_knows_its_type() -> None:
    keys = tag_keys(TagRef(name="n", value="v"))
    assert len(set(keys)) == 4
    assert all(len(key) == 24 and int(key, 16) >= 0 for key in keys)
    assert tag_keys(TagRef(name="n", value="v", type=TagType.USER)) == [tag_key(TagType.USER, "n", "v")]


def test_there_are_249_markets_with_halos_ids() -> None:
    assert len(MARKETS) == 249
    assert MARKETS["000000000000000000000100"].name == "Afghanistan"
    assert MARKETS["000000000000000000000101"].name == "Åland Islands"
    assert MARKETS["000000000000000000000348"].name == "Zimbabwe"
    assert {(tag.value, tag.type) for tag in MARKETS.values()} == {("", TagType.MARKET)}
