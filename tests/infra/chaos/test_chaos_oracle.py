"""The oracle must not believe everything: each of these journals breaks a promise, and it says which."""

from collections.abc import Sequence
from typing import Any

import pytest

from infra.chaos.evidence import torn
from infra.chaos.oracle import doubled, judge
from infra.chaos.records import PAGE_SIZE, Attempt, Page, Policy, Sending

NOW = 1_000_000
PHONES = [f"phone-{n}" for n in range(10)]


def attempts(*targets: str, answer: str = "accepted", came: int = NOW, took: int = 300) -> list[Attempt]:
    return [Attempt(came, came + took, target, answer) for target in targets]


def counted(accepted: int = 10, targeted: int = 10) -> dict[str, int]:
    return {"targeted": targeted, "accepted": accepted}


def sending(journal: Sequence[Attempt], **fields: Any) -> Sending:
    known: dict[str, Any] = {
        "name": "everybody", "schedule": "s", "policy": Policy.DEFAULT, "state": "sent", "eligible": frozenset(PHONES),
        "not_before": NOW - 1_000, "expires_at": NOW + 60_000, "attempts": journal, "counts": counted(),
    }  # fmt: skip
    return Sending(**known | fields)


def broken(*journal: Attempt, **fields: Any) -> set[str]:
    return {finding.rule for finding in judge(sending(journal, **fields))}


PAGE = Page("0", frozenset({"phone-1", "phone-2"}))


def test_what_went_well_is_believed() -> None:
    assert broken(*attempts(*PHONES)) == set()


@pytest.mark.parametrize("state", ["sending", "scheduled", "halted", "expired", "cancelled"])
def test_a_sending_that_never_came_to_its_end(state: str) -> None:
    """A list that was dropped leaves its run sending for ever: it has no totals that could be wrong."""
    assert broken(*attempts(*PHONES), state=state, counts=None) == {"ended"}


def test_a_cancel_that_was_answered_and_forgotten() -> None:
    assert "ended" in broken(*attempts(*PHONES), state="sent", cancelled_at=NOW)


def test_a_phone_that_never_got_it() -> None:
    assert broken(*attempts(*PHONES[1:]), counts=counted(accepted=9)) == {"once"}


def test_a_phone_of_which_the_ledger_says_that_nobody_knows_is_excused() -> None:
    unknown = {"phone-0": "unknown"}
    assert broken(*attempts(*PHONES[1:]), counts=counted(accepted=9), failures=unknown) == set()
    taken = attempts("phone-0", answer="cut after accepting")
    assert broken(*attempts(*PHONES[1:]), *taken, counts=counted(accepted=9), failures=unknown) == set()


def test_a_page_that_its_worker_died_with_is_excused_only_where_it_is_to_be_skipped() -> None:
    journal = attempts(*(phone for phone in PHONES if phone not in PAGE.targets))
    skipped: dict[str, Any] = {"inherited": [PAGE], "counts": counted(accepted=8)}
    assert broken(*journal, **skipped, policy=Policy.SKIP) == set()
    assert broken(*journal, **skipped, policy=Policy.RESEND) == {"once"}
    assert broken(*journal, **skipped) == {"once"}


def test_a_double_outside_of_any_page_that_was_open_at_a_death() -> None:
    journal = [*attempts(*PHONES), *attempts("phone-1")]
    assert broken(*journal) == {"doubles"}
    assert broken(*journal, inherited=[PAGE]) == set()
    assert broken(*journal, *attempts("phone-3"), inherited=[PAGE]) == {"doubles"}


def test_each_death_excuses_one_double_and_no_more() -> None:
    journal = [*attempts(*PHONES), *attempts("phone-1"), *attempts("phone-1")]
    assert broken(*journal, inherited=[PAGE]) == {"doubles"}
    assert broken(*journal, inherited=[PAGE, PAGE]) == set()


def test_a_lost_answer_excuses_a_double_only_where_sending_again_was_asked_for() -> None:
    journal = [*attempts(*PHONES[1:]), *attempts("phone-0", answer="cut after accepting"), *attempts("phone-0")]
    assert broken(*journal, policy=Policy.RESEND) == set()
    assert broken(*journal) == {"doubles"}
    slow = [*attempts(*PHONES[1:]), *attempts("phone-0", took=11_000), *attempts("phone-0")]
    assert broken(*slow, policy=Policy.RESEND) == set()


def test_a_double_where_nothing_may_be_sent_again() -> None:
    journal = [*attempts(*PHONES), *attempts("phone-1")]
    assert broken(*journal, policy=Policy.SKIP, inherited=[PAGE], counts=counted(accepted=8)) == {"doubles"}


def test_what_fcm_did_not_take_is_no_double() -> None:
    journal = [*attempts("phone-0", answer="UNAVAILABLE"), *attempts(*PHONES)]
    assert broken(*journal) == set()
    assert doubled(sending(journal)) == {}


def test_somebody_got_it_for_whom_it_was_not() -> None:
    assert "strangers" in broken(*attempts(*PHONES, "stranger"))


def test_too_early_and_too_late() -> None:
    assert broken(*attempts(*PHONES, came=NOW - 2_000)) == {"times"}
    assert broken(*attempts(*PHONES, came=NOW + 60_001)) == {"times"}


@pytest.mark.parametrize(("shards", "more", "rules"), [(1, 0, set()), (1, 1, {"cancel"}), (2, 1, set()), (0, 0, {"cancel"})])  # fmt: skip  # noqa: E501
def test_after_a_cancel_each_shard_may_finish_its_page(shards: int, more: int, rules: set[str]) -> None:
    many = [f"many-{n}" for n in range(PAGE_SIZE + more)]
    after = attempts(*many, came=NOW + 10)
    cancelled: dict[str, Any] = {"state": "cancelled", "cancelled_at": NOW, "counts": None, "eligible": frozenset(many)}
    assert broken(*after, **cancelled, shards=shards) == rules


def test_totals_that_say_something_else_than_fcm() -> None:
    assert broken(*attempts(*PHONES), counts=counted(accepted=9)) == {"totals"}
    assert broken(*attempts(*PHONES), counts=counted(targeted=9)) == {"totals"}
    assert broken(*attempts(*PHONES), counts=None) == {"totals"}
    # Counted twice, or one on record as dead that FCM took.
    assert broken(*attempts(*PHONES), failures={"phone-1": "dead"}) == {"totals"}


def test_a_cancelled_run_counts_what_its_dead_workers_had_begun_as_unknown() -> None:
    cancelled: dict[str, Any] = {"state": "cancelled", "cancelled_at": NOW + 1_000, "given_up": [PAGE]}
    assert broken(*attempts(*PHONES), **cancelled, counts=counted(accepted=8)) == set()
    assert broken(*attempts(*PHONES), **cancelled, counts=counted(accepted=10)) == {"totals"}


def test_who_was_to_be_tried_again_when_the_run_was_cancelled_is_on_record() -> None:
    cancelled: dict[str, Any] = {"state": "cancelled", "cancelled_at": NOW + 1_000, "policy": Policy.RESEND}
    unheard = [*attempts(*PHONES[1:]), *attempts("phone-0", answer="cut after accepting")]
    assert broken(*unheard, **cancelled, counts=counted(accepted=9), failures={"phone-0": "unknown"}) == set()
    assert broken(*unheard, **cancelled, counts=counted(accepted=9)) == {"totals"}
    assert broken(*attempts(*PHONES), **cancelled, counts=counted(accepted=9)) == {"totals"}


def test_where_totals_are_wrong_those_are_named_who_were_taken_once_and_put_off_later() -> None:
    journal = [*attempts(*PHONES), *attempts("phone-3", answer="UNAVAILABLE")]
    (finding,) = judge(sending(journal, state="cancelled", cancelled_at=NOW + 1_000, counts=counted(accepted=9)))
    assert finding.targets == ("phone-3",)


def test_half_of_an_edit() -> None:
    edited: dict[str, Any] = {"wanted_text": "new"}
    assert broken(*attempts(*PHONES), **edited, texts=frozenset({"new"})) == set()
    assert broken(*attempts(*PHONES), **edited, texts=frozenset({"new", "old"})) == {"text"}


def test_in_a_list_who_moves_may_come_in_drop_out_or_get_it_twice_and_nobody_else() -> None:
    moving: dict[str, Any] = {"in_list": True, "moving": frozenset({"phone-0", "guest"})}
    twice = [*attempts(*PHONES), *attempts("phone-0"), *attempts("guest")]
    assert broken(*twice, **moving, counts=counted(accepted=11, targeted=12)) == set()
    assert broken(*attempts(*PHONES[2:]), **moving, counts=counted(accepted=8)) == {"once"}
    # Its old owner has nobody any more, and it was reached through the new one.
    handed_on: dict[str, Any] = {"failures": {"phone-0": "noSuchDevice"}, "counts": counted(targeted=11)}
    assert broken(*attempts(*PHONES), **moving, **handed_on) == set()
    assert "totals" in broken(*attempts(*PHONES[:7]), **moving, **handed_on)


def test_an_answer_that_a_cut_took_along_excuses_who_asked_to_resend_and_nobody_else() -> None:
    assert [torn(NOW + 300, cut) for cut in (None, NOW - 1, NOW + 1_300, NOW + 1_301)] == [
        False, True, True, False,
    ]  # fmt: skip
    lost = [each._replace(torn=True) for each in attempts("phone-1")]
    journal = [*attempts(*PHONES), *lost]
    assert broken(*journal, policy=Policy.RESEND) == set()
    assert broken(*journal) == {"doubles"}


def test_a_page_is_taken_from_nobody_who_was_heard_of_within_the_lease() -> None:
    twice = [*attempts(*PHONES), *attempts("phone-1")]
    early = PAGE._replace(silent_ms=2_999)
    assert broken(*twice, inherited=[early], lease_ms=3_000) == {"leases"}
    for fine in (PAGE, PAGE._replace(silent_ms=3_000)):
        assert broken(*twice, inherited=[fine], lease_ms=3_000) == set()
