"""`make check-terraform`: a plan that lacks something is not called good."""

from typing import Any

from infra.check_terraform import PLANNED, missing


def plan(**more: int) -> dict[str, Any]:
    many = PLANNED | {"google_firestore_index": 2, "google_firestore_field": 3} | more
    changes = [{"type": kind, "change": {"actions": ["create"]}} for kind, count in many.items() for _ in range(count)]
    # What is read is not made.
    return {"resource_changes": [*changes, {"type": "google_service_account", "change": {"actions": ["read"]}}]}


def test_a_plan_of_everything_lacks_nothing() -> None:
    assert missing(plan(), 2, 3) == []


def test_what_is_missing_or_too_much_is_named() -> None:
    found = missing(plan(google_eventarc_trigger=2, google_firestore_index=5), 2, 3)
    assert found == [
        "google_eventarc_trigger: 2 are planned, not 3", "google_firestore_index: 5 are planned, not 2",
    ]  # fmt: skip
