"""An alert opens when there is trouble, when nothing at all is counted too, and for a few strays it does not."""

import re
from typing import get_args

from push.domain.outcome import FAILED, Kind
from push.settings import Settings
from push.usecases import log_state
from terraform.configuration import FOLDER, resources
from terraform.log_lines import lines
from terraform.questions import ALERTS, LOCALS, METRICS, RUNBOOKS, events_in, events_of, metrics_in, query_of


def seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3_600}[text[-1]]


def test_whatever_the_code_calls_trouble_of_a_run_is_told() -> None:
    told = set(re.findall(r'to=~\\*"([a-z|]+)', query_of("halted-schedules"))[0].split("|"))
    assert told == {state.value for state in log_state._TROUBLE}
    assert all(f'"{state}"' in RUNBOOKS["halted-schedules"] for state in told)


def test_a_notification_that_nobody_begins_is_told_although_it_has_no_first_page() -> None:
    query = query_of("late-sends")
    assert metrics_in(query) == {"due_to_first_ms", "not_begun_ms"}
    assert events_of(METRICS["not_begun_ms"]["filter"]) == {"run-rearmed"}
    # Those that are armed only since their time comes near are early.
    assert "jsonPayload.late_ms>0" in METRICS["not_begun_ms"]["filter"]


def test_what_times_are_held_against_is_a_bound_so_no_estimate() -> None:
    bounds = re.findall(r"bounds = \[(.*?)\]", (FOLDER / "monitoring_metrics.tf").read_text())[0].split(", ")
    limits = re.findall(r"> (\d+)", query_of("late-sends"))
    assert len(limits) == 2
    assert set(limits) <= set(bounds)


def test_an_end_that_no_target_came_to_does_not_silence_the_alert_on_the_others() -> None:
    """A sum of no series is no series, and so is a quotient with one: with nothing accepted all is lost, not well."""
    query = ALERTS["fcm-errors"]["query"]
    assert metrics_in(query) == set()
    assert "targets_${name}_sum" in LOCALS["ended"]
    assert "or vector(0))" in LOCALS["ended"]
    refused = set(re.findall(r'"(\w+)"', LOCALS["refused"]))
    # Dead targets go, and whoever has no device was never reachable: both are every day's.
    usual = {Kind.DEAD.value, Kind.NO_DEVICE.value}
    assert {LOCALS["outcomes"][name] for name in refused} == {kind.value for kind in FAILED} - usual
    # A few of few are not a tenth of anything.
    assert re.search(r" and \$\{local\.refused\} > \d\d or ", query)


def test_an_outage_of_fcm_is_told_before_what_waits_for_its_end_is_given_up() -> None:
    """That takes an hour, in which nothing has an outcome."""
    query = ALERTS["fcm-errors"]["query"]
    assert re.search(r" or \$\{local\.put_off\} / .* > 0\.\d and \$\{local\.put_off\} > \d+$", query)
    assert LOCALS["put_off"].endswith(" or vector(0))")
    assert metrics_in(LOCALS["put_off"]) == {"put_off"}


def test_what_happened_once_is_seen_for_longer_than_it_must_last() -> None:
    once = [(name, window) for name in ALERTS for window in re.findall(r"\[(\d+[mh])\]\)\) > 0(?!\.)", query_of(name))]
    assert {name for name, _ in once} == {"halted-schedules", "quota", "left-undone"}
    for name, window in once:
        assert seconds(window) >= 2 * seconds(ALERTS[name]["duration"]), name


def test_a_functions_few_strays_wake_nobody() -> None:
    """`sweep` is called five times in five minutes: one that fails is a fifth of them."""
    floor = re.findall(
        r" and sum by \(service_name\) \(increase\(.*5xx.*\[(\d+m)\]\)\) > (\d+)$", query_of("function-errors")
    )
    assert [int(most) >= seconds(window) / 60 for window, most in floor] == [True]


def test_the_quota_in_use_is_each_projects_own() -> None:
    """Two projects at half of theirs are not one at all of it, and one may have less than the deployment's."""
    query = LOCALS["queries"]["quota"]
    assert query.startswith("sum by (firebase_project) (rate(${local.user}quota_ms_sum")
    assert "var." not in query


def test_what_fails_for_good_is_told_the_first_time() -> None:
    """A job that ended, a task that was answered 200, a change in nobody's audit: no other number shows them."""
    told = [part for part in query_of("left-undone").split("sum by") if "> 0" in part]
    lost = {"job-failed", "task-malformed", "housekeeping-failed", "audit-not-kept", "misconfigured"}
    assert events_in(" ".join(told)) == lost
    assert {line.severity for line in lines() if line.event in lost} == {"ERROR", "CRITICAL"}


def test_a_function_that_lacks_a_setting_says_so_by_one_name() -> None:
    said = [line for line in lines() if line.event == "misconfigured"]
    assert [line.severity for line in said] == ["CRITICAL", "CRITICAL"]


def test_a_look_from_outside_that_comes_late_is_not_one_that_succeeded() -> None:
    """And of an API that is down somebody is told within minutes."""
    named = {(kind, name): body for kind, name, body in resources()}
    period = seconds(named["google_monitoring_uptime_check_config", "api"]["period"])
    condition = named["google_monitoring_alert_policy", "api_down"]["conditions"][0]["condition_threshold"][0]
    assert seconds(condition["aggregations"][0]["alignment_period"]) >= 4 * period
    assert period + seconds(condition["duration"]) <= 180


def test_no_log_level_hides_what_is_counted() -> None:
    levels = set(get_args(Settings.model_fields["log_level"].annotation))
    allowed = re.findall(
        r"contains\(\[(.*?)\], var\.settings\.log_level", (FOLDER / "variables_functions.tf").read_text()
    )
    assert levels == set(re.findall(r'"(\w+)"', allowed[0])) == {"DEBUG", "INFO"}
    counted = set(LOCALS["events"]) | {event for each in METRICS.values() for event in events_of(each["filter"])}
    assert counted & {line.event for line in lines() if line.severity == "DEBUG"} == set()
