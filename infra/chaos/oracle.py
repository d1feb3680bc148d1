"""Holds a sending against FCM's own journal. Every rule answers with findings; none means that it held.

ended       P1: whatever was accepted came to its end: it was sent, or cancelled if somebody asked for that
once        P2: every eligible target was accepted, or has another outcome on record. Excused, where the sender did
            not ask to resend: a page that its worker died with, and a message whose answer was lost
doubles     P3: accepted more than once only in pages that were open at a death, once more for each of those; and,
            where the sender asked to resend, once more for each answer that was lost
leases      no page is taken from a worker that was heard of within its lease
strangers   nobody gets what was not for them
times       P4: not before `sendOn`, not after expiry
cancel      P4: after a cancel at most the one page of each shard
totals      P6: `targeted` is everybody eligible; `accepted` and the targets on record with another outcome are all
            that FCM has accepted and no target twice
text        what was edited arrives as it was edited, for all or for none
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from infra.chaos.records import PAGE_SIZE, Policy, Sending

# An answer that takes longer than the sender waits (ms): it waits for 10 s.
PATIENCE_MS = 9_500.0


class Finding(NamedTuple):
    """`targets` are some of those that it is about."""

    rule: str
    sentence: str
    targets: tuple[str, ...] = ()


def judge(sending: Sending) -> list[Finding]:
    return [finding for rule in _RULES for finding in rule(sending)]


def doubled(sending: Sending) -> Counter[str]:
    """How many times too many each target was reached."""
    reached = Counter(attempt.target for attempt in sending.accepted)
    return Counter({target: times - 1 for target, times in reached.items() if times > 1})


def _ended(sending: Sending) -> Iterator[Finding]:
    wanted = "sent" if sending.cancelled_at is None else "cancelled"
    if sending.state != wanted and not (sending.may_expire and sending.state == "expired"):
        yield Finding("ended", f"it is {sending.state} and should be {wanted}")


def _once(sending: Sending) -> Iterator[Finding]:
    if sending.state != "sent":
        return
    excused = set(sending.failures)
    if sending.policy is Policy.SKIP:
        excused |= _inherited(sending).keys()
    missed = sending.eligible - {attempt.target for attempt in sending.accepted} - excused
    if sending.in_list:
        missed -= sending.moving
    if missed:
        yield _finding("once", f"{len(missed)} never got it, and no outcome says why", missed)


def _doubles(sending: Sending) -> Iterator[Finding]:
    allowed = _inherited(sending)
    if sending.policy is Policy.RESEND:
        allowed += Counter(each.target for each in sending.accepted if not each.heard(PATIENCE_MS))
    if sending.in_list:
        allowed += Counter(sending.moving)
    wrong = doubled(sending) - allowed
    if wrong:
        yield _finding("doubles", f"{len(wrong)} got it again, and no page of theirs was open at a death", set(wrong))
    if sending.policy is Policy.SKIP and doubled(sending) - Counter(sending.moving):
        # What was given up as unknown is not tried again; only its first sender may still be at it.
        yield _finding("doubles", "skip was asked for, and yet some got it again", set(doubled(sending)))


def _leases(sending: Sending) -> Iterator[Finding]:
    for page in sending.inherited:
        if page.silent_ms is not None and page.silent_ms < sending.lease_ms:
            sentence = (
                f"a page of shard {page.shard} was taken from a worker that was heard of {page.silent_ms} ms before"
            )
            yield _finding("leases", sentence, page.targets)


def _strangers(sending: Sending) -> Iterator[Finding]:
    strangers = {attempt.target for attempt in sending.attempts} - sending.eligible - sending.moving
    if strangers:
        yield _finding("strangers", f"{len(strangers)} got it for whom it was not", strangers)


def _times(sending: Sending) -> Iterator[Finding]:
    early = {attempt.target for attempt in sending.attempts if attempt.came < sending.not_before}
    if early:
        yield _finding("times", f"{len(early)} were sent to before sendOn", early)
    late = {attempt.target for attempt in sending.attempts if attempt.came > sending.expires_at}
    if late:
        yield _finding("times", f"{len(late)} were sent to after it had expired", late)


def _cancel(sending: Sending) -> Iterator[Finding]:
    if sending.cancelled_at is None:
        return
    after = [attempt.target for attempt in sending.attempts if attempt.came > sending.cancelled_at]
    most = PAGE_SIZE * sending.shards
    if len(after) > most:
        sentence = f"{len(after)} were sent to after the cancel; {sending.shards} shards have {most} in their pages"
        yield _finding("cancel", sentence, set(after))


def _totals(sending: Sending) -> Iterator[Finding]:
    counts = sending.counts
    if counts is None:
        if sending.state == "sent":
            yield Finding("totals", "it is sent and has no totals")
        return
    targeted, accepted = counts.get("targeted", 0), counts.get("accepted", 0)
    unsure = len(sending.moving) if sending.in_list else 0
    if sending.state == "sent" and abs(targeted - len(sending.eligible)) > unsure:
        yield Finding("totals", f"targeted is {targeted}, and {len(sending.eligible)} were eligible")
    reached = {attempt.target for attempt in sending.accepted}
    on_record = set(sending.failures)
    on_record |= {target for page in sending.given_up for target in page.targets}
    if sending.policy is Policy.SKIP:
        on_record |= _inherited(sending).keys()
    log = len(reached - on_record)
    # An alias whose phone was handed on has an outcome of its own.
    if not log - unsure <= accepted <= log + unsure:
        sentence = f"accepted is {accepted}, and FCM accepted {log} who have no other outcome on record"
        # Nobody knows who is counted and who is not; whoever was taken once and put off later is a likely one.
        last = {attempt.target: attempt for attempt in sending.attempts}
        put_off = {target for target, attempt in last.items() if not attempt.accepted}
        yield _finding("totals", sentence, (reached - on_record) & put_off)


def _text(sending: Sending) -> Iterator[Finding]:
    if sending.wanted_text is not None and sending.texts - {sending.wanted_text}:
        yield Finding("text", f"wanted {sending.wanted_text!r}, and {sorted(sending.texts)} arrived")


def _inherited(sending: Sending) -> Counter[str]:
    """In how many pages that were open at a death each target lay."""
    return Counter(target for page in sending.inherited for target in page.targets)


def _finding(rule: str, sentence: str, targets: set[str] | frozenset[str]) -> Finding:
    return Finding(rule, sentence, tuple(sorted(targets)[:5]))


_RULES = (_ended, _once, _doubles, _leases, _strangers, _times, _cancel, _totals, _text)
