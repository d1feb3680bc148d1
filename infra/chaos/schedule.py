"""Which fault begins when: drawn from the seed alone, so that a run that failed can be played again."""

import random
from typing import NamedTuple

# Each of these happens at least once, however short the run is.
KINDS = (
    "kill deliver's worker",
    "kill the other deliver's worker",
    "kill deliver",
    "pause deliver past its lease",
    "pause the other deliver past its lease",
    "end the other deliver",
    "kill send",
    "kill api",
    "kill sweep",
    "kill tasks",
    "cut Firestore's streams",
    "cut Firestore off",
    "stop Firestore",
    "stall Firestore",
    "lose Firestore's answers",
    "FCM throttles",
    "FCM fails",
    "FCM delays 11 s",
    "FCM resets before accepting",
    "FCM resets after accepting",
    "FCM refuses the access token",
    "tasks twice",
    "tasks' answers dropped",
)
# Cheap ones that come again: which pages they meet is a matter of luck.
AGAIN = (
    "cut Firestore's streams",
    "lose Firestore's answers",
    "lose Firestore's answers",
    "kill deliver's worker",
    "pause the other deliver past its lease",
    "FCM resets after accepting",
)


class Fault(NamedTuple):
    """`at` is in seconds from the beginning."""

    at: float
    kind: str


def draw(seed: int, seconds: float) -> list[Fault]:
    """Every kind once, and for each further half minute the cheap ones again, in the order of their times."""
    dice = random.Random(seed)  # noqa: S311 (nothing secret)
    kinds = [*KINDS, *AGAIN * int(seconds // 30)]
    return sorted(Fault(round(dice.uniform(0.0, seconds), 2), kind) for kind in kinds)
