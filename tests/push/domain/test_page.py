import pytest

from push.domain.audience import Audience, AudienceKind
from push.domain.device import Platform, Target, TargetKind
from push.domain.outcome import ACCEPTED, Kind, Outcome
from push.domain.page import GAVE_UP, HALTED, NO_SENDER, NOT_TRIED_AGAIN, Entry, Leftover, Settled, settle
from push.domain.payload import Payload
from push.domain.rendering import Content
from push.domain.run import Run
from push.domain.schedule import OnUnknown, State
from push.domain.shard import Shard, Source

LATER = Outcome(Kind.RETRY, "UNAVAILABLE", 10)
LOST = Outcome(Kind.UNKNOWN, "TIMED_OUT")
HOUR_MS = 3_600_000


def run(on_unknown: OnUnknown | None, expires_at: int) -> Run:
    content = Content(schedule_id="r", name="n", payload=Payload.model_validate({"notification": {"title": "t"}}))
    return Run(
        id="r", schedule="r", app=1, firebase_project="demo", state=State.SENDING, wake_at=None, send_on=0,
        expires_at=expires_at, audience=Audience(kind=AudienceKind.EVERYBODY, groups=(), listed=0), content=content,
        on_unknown=on_unknown, created_at=0,
    )  # fmt: skip


def settled(
    outcome: Outcome,
    in_doubt: bool = True,
    on_unknown: OnUnknown | None = None,
    expires_at: int = HOUR_MS,
    now: int = 1_000,
    nobody: bool = False,
) -> Settled:
    shard = Shard(id="0", run="r", planned=True, source=Source.RANGE, due_at=0)
    target = None if nobody else Target(kind=TargetKind.TOKEN, value="t", platform=Platform.IOS)
    entry = Entry("key", "key", target, in_doubt=in_doubt)
    return settle(run(on_unknown, expires_at), shard, [entry], [outcome], now, 0.0)


@pytest.mark.parametrize(
    ("outcome", "nobody"),
    [
        (Outcome(Kind.NO_DEVICE, "NO_SUCH_DEVICE"), True),
        (Outcome(Kind.STALE, "STALE"), False),
        (Outcome(Kind.EXPIRED, "EXPIRED"), False),
        (Outcome(Kind.REJECTED, HALTED), False),
        (Outcome(Kind.REJECTED, "UNREADABLE"), True),
    ],
)
def test_that_nothing_was_sent_now_says_nothing_of_what_was_sent_before(outcome: Outcome, nobody: bool) -> None:
    found = settled(outcome, nobody=nobody)
    assert (found.counts, found.reasons, found.leftovers) == ({"unknown": 1}, {NOT_TRIED_AGAIN: 1}, [])
    assert [(failure.kind, failure.code) for failure in found.failures] == [("unknown", NOT_TRIED_AGAIN)]
    assert settled(outcome, in_doubt=False, nobody=nobody).counts == {outcome.kind.value: 1}


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(Kind.DEAD, "UNREGISTERED"),
        Outcome(Kind.REJECTED, "INVALID_ARGUMENT"),
        Outcome(Kind.REJECTED, NO_SENDER),
        Outcome(Kind.MISCONFIGURED, "THIRD_PARTY_AUTH_ERROR"),
        ACCEPTED,
    ],
)
def test_what_fcm_answers_for_good_ends_all_doubt(outcome: Outcome) -> None:
    assert settled(outcome).counts == {outcome.kind.value: 1}


@pytest.mark.parametrize("outcome", [LATER, Outcome(Kind.MISCONFIGURED, "SENDER_REFUSED")], ids=["later", "refused"])
def test_who_was_in_doubt_and_is_put_off_stays_so(outcome: Outcome) -> None:
    assert settled(outcome).leftovers == [Leftover("key", True)]
    assert settled(outcome, in_doubt=False).leftovers == [Leftover("key", False)]


def test_whose_answer_was_lost_is_in_doubt_until_they_are_tried_again() -> None:
    assert settled(LOST, in_doubt=False, on_unknown=OnUnknown.RESEND).leftovers == [Leftover("key", True)]
    assert settled(LOST, in_doubt=False).counts == {"unknown": 1}


def test_who_can_not_be_tried_again_in_time_is_unknown_and_not_expired() -> None:
    late = {"expires_at": 2_000}
    assert settled(LATER, **late).counts == {"unknown": 1}  # type: ignore[arg-type]
    assert settled(LATER, in_doubt=False, **late).counts == {"expired": 1}  # type: ignore[arg-type]
    lost = settled(LOST, in_doubt=False, on_unknown=OnUnknown.RESEND, **late)  # type: ignore[arg-type]
    assert (lost.counts, lost.reasons) == ({"unknown": 1}, {NOT_TRIED_AGAIN: 1})
    given_up = settled(LATER, now=HOUR_MS, expires_at=2 * HOUR_MS)
    assert (given_up.counts, given_up.reasons) == ({"unknown": 1}, {GAVE_UP: 1})
