"""The faults the emulator plays."""

import asyncio
from typing import Any

import pytest

from infra.local.fcm.behaviour import NO_FAULT, Behaviour
from infra.local.fcm.errors import NAMED
from infra.local.fcm.quota import Quota
from infra.local.fcm.send import Answer, State, send
from infra.local.fcm.settings import RULE_FIELDS, Invalid, Rule, Settings, parse

BODY = b'{"message": {"token": "bad-1", "data": {"scheduleId": "s"}}}'


def behaving(document: Any) -> Behaviour:
    return Behaviour(parse(document))


def post(state: State, body: bytes = BODY, project: str = "p", authorization: str = "Bearer x") -> Answer | str:
    return asyncio.run(send(state, project, authorization, body))


def status(state: State, body: bytes = BODY, project: str = "p") -> int:
    answer = post(state, body, project)
    assert isinstance(answer, Answer)
    return answer.status


def test_nothing_is_set_at_first() -> None:
    assert Behaviour().fault("any") == (NO_FAULT, 0.0)
    assert Behaviour().as_json() == {"rules": [], "quotaPerSecond": None, "quotaPerMinute": None, "seed": 0}


def test_the_first_rule_whose_prefix_fits_applies() -> None:
    behaviour = behaving([{"prefix": "bad-", "error": "UNREGISTERED"}, {"prefix": "b", "error": "INTERNAL"}])
    assert [behaviour.fault(target)[0].error for target in ("bad-1", "b-1", "a")] == ["UNREGISTERED", "INTERNAL", None]
    assert [rule["applied"] for rule in behaviour.as_json()["rules"]] == [1, 1]


def test_a_rule_that_is_used_up_is_passed_over() -> None:
    behaviour = behaving([{"error": "UNAVAILABLE", "times": 2}, {"error": "INTERNAL", "times": 1}])
    errors = [behaviour.fault("t")[0].error for _ in range(4)]
    assert errors == ["UNAVAILABLE", "UNAVAILABLE", "INTERNAL", None]


def test_a_share_is_drawn_the_same_way_from_the_same_seed() -> None:
    document = {"rules": [{"error": "INTERNAL", "share": 0.3}], "seed": 7}
    draws = [
        [behaviour.fault("t")[0].error for _ in range(1000)] for behaviour in (behaving(document), behaving(document))
    ]
    assert draws[0] == draws[1]
    assert 250 < draws[0].count("INTERNAL") < 350


def test_delays_are_fixed_or_have_a_heavy_tail() -> None:
    fixed = behaving([{"delayMs": 50}])
    assert {fixed.fault("t")[1] for _ in range(9)} == {0.05}
    heavy = behaving([{"delayMs": 100, "delay": "heavy"}])
    waits = sorted(heavy.fault("t")[1] for _ in range(2001))
    assert 0.09 < waits[1000] < 0.11
    assert 0.3 < waits[1900] < 0.8
    assert waits[-1] <= 2.0


def test_what_is_shown_can_be_set_again() -> None:
    document = [{"prefix": "x", "error": "QUOTA_EXCEEDED", "retryAfter": 3, "share": 0.5, "times": 4, "delayMs": 1.5}]
    assert parse(behaving(document).as_json()) == parse(document)
    rule = Rule("x", "QUOTA_EXCEEDED", 3, 1.5, share=0.5, times=4)
    assert parse({"rules": document, "quotaPerMinute": None}) == Settings((rule,))


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("text", "The behaviour must be a JSON object."),
        ({"rule": []}, "rule is unknown; there is rules, quotaPerSecond, quotaPerMinute, seed."),
        ({"rules": {}}, "rules must be a list of rules."),
        ({"rules": ["x"]}, "rules[0] must be a JSON object."),
        ({"quotaPerSecond": 0}, "quotaPerSecond must be a number from 0.001."),
        ([{}, {"share": 1.5}], "rules[1].share must be a number from 0 to 1."),
        ([{"times": -1}], "rules[0].times must be a whole number from 0."),
        ([{"times": True}], "rules[0].times must be a whole number from 0."),
        ([{"prefix": 5}], "rules[0].prefix must be a text."),
        ([{"error": "OOPS"}], f"rules[0].error must be one of {', '.join(NAMED)}."),
        ([{"drop": "never"}], "rules[0].drop must be one of before, after."),
        ([{"delayms": 5}], f"rules[0].delayms is unknown; there is {', '.join(RULE_FIELDS)}."),
        ([{"drop": "after", "error": "INTERNAL"}],
         "rules[0].drop and rules[0].error exclude each other: a cut connection carries no answer."),
        ([{"retryAfter": 1}], "rules[0].retryAfter needs rules[0].error: it is sent with the error."),
    ],
)  # fmt: skip
def test_a_behaviour_that_makes_no_sense_is_refused_by_the_name_of_its_field(document: Any, sentence: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(document)
    assert str(caught.value) == sentence


# Name, HTTP status, google.rpc status, FcmError's code (None: there is no FcmError).
ERRORS = [
    ("UNREGISTERED", 404, "NOT_FOUND", "UNREGISTERED"),
    ("NOT_FOUND", 404, "NOT_FOUND", None),
    ("INVALID_TOKEN", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
    ("INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
    ("SENDER_ID_MISMATCH", 403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
    ("PERMISSION_DENIED", 403, "PERMISSION_DENIED", None),
    ("THIRD_PARTY_AUTH_ERROR", 401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
    ("UNAUTHENTICATED", 401, "UNAUTHENTICATED", None),
    ("QUOTA_EXCEEDED", 429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
    ("INTERNAL", 500, "INTERNAL", "INTERNAL"),
    ("UNAVAILABLE", 503, "UNAVAILABLE", "UNAVAILABLE"),
]


@pytest.mark.parametrize(("name", "code", "status", "fcm"), ERRORS)
def test_every_error_has_its_real_shape(name: str, code: int, status: str, fcm: str | None) -> None:
    refused = NAMED[name]("p", None)
    error = refused.document["error"]
    codes = [detail["errorCode"] for detail in error.get("details", []) if detail["@type"].endswith("v1.FcmError")]
    assert (refused.code, error["code"], error["status"], codes) == (code, code, status, [fcm] if fcm else [])


def test_every_error_is_known_here() -> None:
    assert {name for name, *_ in ERRORS} == set(NAMED)


def test_a_bad_token_is_told_from_a_bad_message_by_the_field() -> None:
    details = NAMED["INVALID_TOKEN"]("p", None).document["error"]["details"]
    assert [each["field"] for each in details[1]["fieldViolations"]] == ["message.token"]
    assert len(NAMED["INVALID_ARGUMENT"]("p", None).document["error"]["details"]) == 1


def test_a_fault_is_answered_and_nothing_is_accepted() -> None:
    state = State()
    state.behaviour = behaving([{"prefix": "bad-", "error": "UNAVAILABLE", "retryAfter": 3}])
    answer = post(state)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.retry_after, state.inbox.entries) == (503, 3, [])


def test_a_connection_is_cut_before_or_after_accepting() -> None:
    for drop, accepted in (("before", 0), ("after", 1)):
        state = State()
        state.behaviour = behaving([{"drop": drop}])
        assert post(state) == "cut"
        assert len(state.inbox.entries) == accepted


def test_without_a_bearer_token_nobody_sends() -> None:
    for authorization in ("", "Bearer ", "Basic eA=="):
        answer = post(State(), authorization=authorization)
        assert isinstance(answer, Answer)
        assert answer.status == 401
        assert b"CREDENTIALS_MISSING" in answer.body


def test_a_pretended_message_is_not_accepted() -> None:
    state = State()
    answer = post(state, b'{"validateOnly": true, "message": {"token": "t"}}')
    assert answer == Answer(200, b'{"name": "projects/p/messages/fake_message_id"}')
    assert state.inbox.entries == []


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_accepted_messages_and_4xx_count_against_the_quota_but_not_429_and_5xx() -> None:
    clock, state = Clock(), State()
    state.behaviour = Behaviour(parse({"quotaPerMinute": 3, "rules": [{"error": "INTERNAL", "times": 1}]}), clock)
    assert [status(state, body) for body in (BODY, BODY, b"{}", BODY, BODY)] == [500, 200, 400, 200, 429]
    answer = post(state)
    assert isinstance(answer, Answer)
    assert answer.retry_after == 20
    assert b"RATE_LIMIT_EXCEEDED" in answer.body
    assert b"FcmError" not in answer.body
    clock.now += 20
    assert [status(state), status(state)] == [200, 429]


def test_every_project_has_its_own_quota() -> None:
    state = State()
    state.behaviour = Behaviour(parse({"quotaPerSecond": 1}), Clock())
    assert [status(state, project=project) for project in ("p", "p", "q")] == [200, 429, 200]


def test_both_quotas_hold_at_once() -> None:
    clock = Clock()
    quota = Quota(per_second=2, per_minute=3, clock=clock)
    sent = []
    for _ in range(4):
        allowed = quota.retry_after("p") is None
        sent.append(allowed)
        if allowed:
            quota.spend("p")
        clock.now += 0.5
    assert sent == [True, True, True, False]


def test_the_journal_has_what_was_refused_and_cut_as_well() -> None:
    state = State()
    for rule in ({}, {"error": "UNAVAILABLE"}, {"drop": "before"}, {"drop": "after"}):
        state.behaviour = behaving([rule])
        post(state)
    answers = [attempt.answer for attempt in state.journal.find(None)]
    assert answers == ["accepted", "UNAVAILABLE", "cut before accepting", "cut after accepting"]
    assert all(attempt.came <= attempt.left for attempt in state.journal.find(None))
    assert state.journal.find("another schedule") == []
