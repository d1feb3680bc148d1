"""IP ranges: what lets an integration server in, and keeps others out."""

import pytest

from push.domain.addresses import normal_range, within


@pytest.mark.parametrize(
    ("address", "ranges", "inside"),
    [
        ("192.0.2.7", ["192.0.2.0/24"], True),
        ("192.0.3.7", ["192.0.2.0/24"], False),
        ("192.0.3.7", ["192.0.2.0/24", "192.0.3.7/32"], True),
        ("::ffff:192.0.2.7", ["192.0.2.0/24"], True),
        ("2001:db8::1", ["2001:db8::/32"], True),
        ("2001:db9::1", ["2001:db8::/32"], False),
        ("192.0.2.7", ["2001:db8::/32"], False),
        ("not an address", ["0.0.0.0/0"], False),
        (None, ["0.0.0.0/0"], False),
        (None, [], True),
    ],
)
def test_an_address_is_in_a_range_or_not(address: str | None, ranges: list[str], inside: bool) -> None:
    assert within(address, ranges) is inside


def test_a_range_has_one_spelling() -> None:
    assert [normal_range(text) for text in (" 192.0.2.7/24", "192.0.2.7", "2001:DB8:0::/32")] == [
        "192.0.2.0/24", "192.0.2.7/32", "2001:db8::/32",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="192"):
        normal_range("192.0.2.0/33")
