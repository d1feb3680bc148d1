"""What a phone says of a notification: that it came, that it was opened, that it was put away."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Action(StrEnum):
    RECEIPT = "receipt"
    OPEN = "open"
    DISMISS = "dismiss"


class Event(NamedTuple):
    """`device` is the device's id, `at` when we heard of it (ms). Nothing follows from one action for another."""

    run: str
    device: str
    action: Action
    platform: str
    at: int


class Done(NamedTuple):
    """What one device did of one notification, and when we first heard of each (ms)."""

    run: str
    platform: str
    moments: Mapping[Action, int]


class Tally(NamedTuple):
    """How many devices did each, and when that was counted (ms)."""

    receipt: int
    open: int
    dismiss: int
    as_of: int
