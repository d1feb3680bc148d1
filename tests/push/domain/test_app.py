"""Which receipts an app keeps: everybody's, those of a share of the devices, or nobody's."""

import pytest

from push.domain.activity import Tally
from push.domain.app import ReceiptMode, Receipts
from push.domain.results import rates

SAMPLED = Receipts(mode=ReceiptMode.SAMPLED, rate=0.25)
OFF = Receipts(mode=ReceiptMode.OFF)
DEVICES = [f"{number:024x}" for number in range(4_000)]


def kept(receipts: Receipts, schedule: str = "s1") -> set[str]:
    return {device for device in DEVICES if receipts.keeps(schedule, device)}


def test_all_are_all_and_off_is_none() -> None:
    assert len(kept(Receipts())) == len(kept(Receipts(mode=ReceiptMode.SAMPLED, rate=1.0))) == len(DEVICES)
    assert kept(OFF) == set()


def test_a_sample_is_its_share_and_the_same_whenever_a_device_repeats() -> None:
    assert len(kept(SAMPLED)) == pytest.approx(1_000, abs=100)
    assert kept(SAMPLED) == kept(SAMPLED)


def test_another_notification_asks_other_devices() -> None:
    both = kept(SAMPLED) & kept(SAMPLED, "s2")
    assert len(both) == pytest.approx(250, abs=60)


def test_a_higher_rate_keeps_those_that_a_lower_one_kept() -> None:
    assert kept(SAMPLED) < kept(Receipts(mode=ReceiptMode.SAMPLED, rate=0.5))


def test_rates_are_of_all_though_only_a_sample_was_counted() -> None:
    tally = Tally(receipt=200, open=100, dismiss=50, as_of=1)
    assert tuple(rates(1_000, tally, Receipts())) == (0.2, 0.1, 0.05)
    assert tuple(rates(1_000, tally, SAMPLED)) == (0.8, 0.1, 0.05)
    assert tuple(rates(1_000, tally, OFF)) == (None, 0.1, 0.05)
    assert rates(700, tally, SAMPLED).receipt == 1.0
    assert tuple(rates(0, tally, SAMPLED)) == (None, None, None)
