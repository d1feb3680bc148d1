"""Strangers' JSON: read whole or refused with a sentence, and never a crash."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.domain import jsontext

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@given(values)
def test_whatever_json_can_say_is_read(value: Any) -> None:
    assert jsontext.read(json.dumps(value)) == value
    assert jsontext.read(json.dumps(value, ensure_ascii=False)) == value


@given(st.text(alphabet='[]{}",:0123456789.eE-+ \\ud8nulltrueNaI'))
def test_no_text_crashes_it(text: str) -> None:
    try:
        value = jsontext.read(text)
    except ValueError:
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "-1e999", "9" * 5_000, "", "{", "01"]
)
def test_what_rfc_8259_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        jsontext.read(text)


@pytest.mark.parametrize("depth", [jsontext.MAX_DEPTH + 1, 900, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_a_nesting_bomb_is_refused(depth: int, opened: str, closed: str) -> None:
    with pytest.raises(ValueError, match="nested"):
        jsontext.read(opened * depth + "1" + closed * depth)


def test_what_is_just_deep_enough_is_read() -> None:
    deep = jsontext.MAX_DEPTH
    assert jsontext.read("[" * deep + "]" * deep)
    assert jsontext.read(json.dumps("[" * 5_000)) == "[" * 5_000


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (r'"\ud800"', ""), (r'["a", "\uDC00"]', "/1"), (r'{"a": {"b~/": "x\ud9ffy"}}', "/a/b~0~1"),
        (r'{"\ud800": 1}', "/?"), (r'["\udc00\ud800"]', "/0"),
    ],
)  # fmt: skip
def test_half_a_pair_is_found_where_it_is(text: str, pointer: str) -> None:
    with pytest.raises(jsontext.LoneSurrogate) as caught:
        jsontext.read(text)
    assert caught.value.pointer == pointer


def test_a_whole_pair_is_a_character() -> None:
    assert jsontext.read(r'"\ud83c\udf77"') == "🍷"
