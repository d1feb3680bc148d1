"""Sending: what is asked for, to whom, when, and surely once."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.terminal import Fault, Halo
from fakes.world import ANDROID, ANN
from infra.halo import audience
from push.domain import audience as domain
from push.domain.run import totals
from push.domain.schedule import State

SEND = ("send", "--app", "2", "--name", "Autumn wines")


def stored(halo: Halo) -> int:
    return len(halo.world.ports.runs.schedules)


def template(halo: Halo, name: str = "Offer") -> Any:
    body = {"name": name, "allows": ["text", "extra"], "payload": {"notification": {"title": "Today"}}}
    return halo.world.post("/api/push/template", body).json()["id"]


def test_words_and_data_go_to_aliases(halo: Halo) -> None:
    one = halo.json(*SEND, "--title", "Hi", "--body", "b", "--data", "shelf=7=8", "--alias", "a", "--alias", "b")
    assert one["payload"] == {"notification": {"title": "Hi", "body": "b"}, "data": {"shelf": "7=8"}}
    assert (one["state"], one["aliases"]) == ("scheduled", ["a", "b"])


def test_a_template_is_named_as_people_call_it(halo: Halo) -> None:
    template(halo, "Offer of the day")
    id_ = template(halo)
    one = halo.json(*SEND, "--template", "offer", "--body", "New", "--alias", "a")
    assert (one["template"], one["payload"]["notification"]) == (id_, {"title": "Today", "body": "New"})
    assert halo.json(*SEND, "--template", id_, "--alias", "a")["template"] == id_
    assert [each["id"] for each in halo.json("templates", "--name", "offer", "--limit", "1")["items"]] == [id_]


def test_a_template_that_is_none_or_several_is_not_guessed(halo: Halo) -> None:
    ids = {template(halo), template(halo)}
    several = halo(*SEND, "--template", "OFFER", "--alias", "a")
    assert several.exit_code == 1
    assert all(each in several.stderr for each in ids)
    assert 'there is "Offer"' in halo(*SEND, "--template", "off", "--alias", "a").stderr
    assert stored(halo) == 0


def test_aliases_come_from_a_file_or_a_pipe(halo: Halo, tmp_path: Path) -> None:
    file = tmp_path / "aliases"
    file.write_text("\ufeffa\n\n b \r\na\n")
    assert halo.json(*SEND, "--aliases-from", str(file))["aliases"] == ["a", "b"]
    assert halo.json(*SEND, "--aliases-from", "-", input="c\n")["aliases"] == ["c"]


@pytest.mark.parametrize("content", ["", " \n\n", "a\n" * (audience.MOST + 1), b"\xff\xfe", None])
def test_a_file_that_names_nobody_never_becomes_a_broadcast(halo: Halo, tmp_path: Path, content: Any) -> None:
    file = tmp_path / "aliases"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert halo(*SEND, "--aliases-from", str(file), "--yes").exit_code == 2
    assert halo.wire.seen == []


def test_it_takes_as_many_aliases_as_the_api() -> None:
    assert audience.MOST == domain.MAX_ALIASES


def test_users_and_tags_are_named_alike(halo: Halo) -> None:
    assert halo.json(*SEND, "--user", ANN.id)["audience"]["kind"] == "users"
    one = halo.json(*SEND, "--tag", "platform name: android", "--tag", ANDROID.id)
    named, by_id = one["filterTags"]
    assert (named["name"], named["value"], by_id["id"]) == ("platform name", "android", ANDROID.id)


def test_everybody_is_asked_about_with_how_many_that_were(halo: Halo) -> None:
    halo.put("c" * 24, State.SENT, counts=totals({"accepted": 1_234}))
    kept = halo.world.ports.runs.schedules["c" * 24]
    audience_ = kept.audience.model_copy(update={"groups": ()})
    counted = kept.model_copy(update={"audience": audience_, "counts": totals({"accepted": 1_234})})
    halo.world.ports.runs.schedules["c" * 24] = counted
    halo.somebody = True
    refused = halo(*SEND, "--title", "x", input="n\n")
    assert (refused.exit_code, stored(halo)) == (1, 1)
    assert "the last broadcast went to 1,234 targets" in refused.output
    assert halo(*SEND, "--title", "x", input="y\n").exit_code == 0
    assert stored(halo) == 2


def test_a_script_says_that_it_means_everybody(halo: Halo) -> None:
    found = halo(*SEND, "--title", "x")
    assert (found.exit_code, "--yes" in found.stderr, stored(halo)) == (2, True, 0)
    assert halo.json(*SEND, "--title", "x", "--yes")["audience"]["kind"] == "everybody"


def test_a_draft_is_saved_and_nobody_is_asked(halo: Halo) -> None:
    assert halo.json(*SEND, "--title", "x", "--draft")["state"] == "draft"
    assert halo(*SEND, "--title", "x", "--draft", "--watch").exit_code == 2


def test_it_goes_out_when_it_is_to_and_expires_counted_from_then(halo: Halo) -> None:
    now = halo.world.ports.clock.now()
    one = halo.json(*SEND, "--title", "x", "--alias", "a", "--at", "+10m", "--expires", "+2h")
    assert (one["sendOn"], one["expiresAt"]) == (now + 600_000, now + 600_000 + 7_200_000)
    one = halo.json(*SEND, "--title", "x", "--alias", "a", "--at", "2027-12-01T09:00Z")
    assert one["sendOn"] == 1_827_651_600_000
    found = halo(*SEND, "--title", "x", "--alias", "a", "--at", "2020-01-01 09:00")
    assert (found.exit_code, "is over" in found.stderr) == (2, True)


@pytest.mark.parametrize(
    "wrong",
    [("--data", "nothing"), ("--data", "=x"), ("--tag", ": x"), ("--alias", "a", "--user", "b"), ("--at", "noon")],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(halo: Halo, wrong: tuple[str, ...]) -> None:
    assert halo(*SEND, "--yes", *wrong).exit_code == 2
    assert halo.wire.seen == []


@pytest.mark.parametrize("lost", [httpx.ReadTimeout("late"), httpx.Response(503, json={"detail": "no"})])
def test_a_lost_answer_is_asked_for_again_and_nothing_is_sent_twice(halo: Halo, lost: Fault) -> None:
    halo.wire.faults, halo.wire.afterwards = [lost], True
    assert halo(*SEND, "--title", "x", "--alias", "a").exit_code == 0
    assert (halo.wire.paths("POST"), stored(halo)) == (["/api/push/schedule"] * 2, 1)


def test_when_no_answer_comes_at_all_the_same_can_be_asked_later(halo: Halo) -> None:
    halo.wire.faults, halo.wire.afterwards = [httpx.ReadTimeout("late") for _ in range(4)], True
    found = halo(*SEND, "--title", "x", "--alias", "a", "--at", "+10m")
    assert (found.exit_code, stored(halo)) == (4, 1)
    hint = found.stderr.split("the same command with ")[1].split(" sends it")[0]
    key, at = hint.removeprefix("--key ").split(" --at ")
    again = halo.json(*SEND, "--title", "x", "--alias", "a", "--key", key, "--at", at.strip('"'))
    assert ([again["id"]], stored(halo)) == ([*halo.world.ports.runs.schedules], 1)


def test_two_commands_are_two_notifications(halo: Halo) -> None:
    for _ in range(2):
        halo.json(*SEND, "--title", "x", "--alias", "a")
    assert stored(halo) == 2
