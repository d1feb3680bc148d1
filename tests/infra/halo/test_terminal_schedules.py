"""Finding, showing and calling off."""

import pytest

from fakes.terminal import Halo
from push.domain.run import totals
from push.domain.schedule import State

ONE, TWO = "a" * 24, "b" * 24


@pytest.fixture
def many(halo: Halo) -> Halo:
    for number in range(250):
        halo.put(f"{number:024x}", State.SENT if number % 2 else State.SCHEDULED, f"Wine {number}")
    return halo


def test_a_list_is_plain_lines_where_nothing_is_a_screen(many: Halo) -> None:
    found = many("list", "--limit", "2")
    head, *lines = found.stdout.splitlines()
    assert head.split() == ["id", "app", "state", "due", "to", "accepted", "failed", "name"]
    assert len(lines) == 2
    assert lines[0].split()[1:3] == ["2", "sent"]
    assert "\x1b" not in found.output
    assert "--cursor" in found.stderr


def test_a_list_goes_on_at_its_cursor_and_all_of_it_comes_page_by_page(many: Halo) -> None:
    first = many.json("list", "--limit", "120")
    then = many.json("list", "--limit", "120", "--cursor", first["nextCursor"])
    every = many.json("list", "--all")
    assert [len(each["items"]) for each in (first, then, every)] == [120, 120, 250]
    assert (first["items"] + then["items"], every["nextCursor"]) == (every["items"][:240], None)
    assert [each.url.params["limit"] for each in many.wire.seen] == ["100", "20"] * 2 + ["100"] * 3
    assert len(many("list", "--all").stdout.splitlines()) == 251


def test_what_is_asked_for_is_found(many: Halo) -> None:
    found = many.json("list", "--name", "wine 24", "--state", "sent", "--limit", "3")["items"]
    assert [one["name"] for one in found] == ["Wine 241", "Wine 243", "Wine 245"]
    assert many.json("list", "--app", "3") == {"items": [], "nextCursor": None}
    none = many("list", "--app", "3")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "None found.\n")
    assert many("list", "--state", "gone").exit_code == 2


def test_a_narrow_screen_keeps_ids_whole_and_does_without_the_rest(many: Halo) -> None:
    def columns(width: int) -> str:
        many.columns = width
        head, _, line = many("list", "--limit", "1", "--name", "wine 249", terminal=True).stdout.splitlines()
        assert f"{249:024x}" in line
        assert "Wine 249" in line
        return head

    assert all(each in columns(120) for each in ("app", "due", "to"))
    assert "app" in columns(90)
    assert " to " not in columns(90)
    assert not any(each in columns(70) for each in ("app", "due", " to "))


def test_names_are_shown_and_never_acted_on(halo: Halo) -> None:
    halo.put(ONE, name="\x1b]0;owned\x07[bold]a\u202eb\x9b1m")
    shown = "\\x1b]0;owned\\x07[bold]a\\u202eb\\x9b1m"
    assert shown in halo("list").stdout
    assert shown in halo("show", ONE).stdout
    assert "\x1b]" not in halo("list", terminal=True).stdout
    assert "\x9b" not in halo("list", "--json").stdout


def test_one_is_shown_with_what_became_of_it(halo: Halo) -> None:
    counts = totals({"accepted": 8, "dead": 2})
    halo.put(ONE, State.SENT, counts=counts, reasons={"UNREGISTERED": 2}, wake_at=None, shards=1)
    shown = dict(line.split(maxsplit=1) for line in halo("show", ONE).stdout.splitlines())
    assert (shown["state"], shown["accepted"], shown["failed"]) == ("sent", "8", "2")
    assert (shown["because"], shown["opens"], shown["title"]) == ("of  UNREGISTERED 2", "0", "Autumn")
    told = halo.json("show", ONE)
    assert (told["state"], told["rates"]["open"], told["counts"]["dead"]) == ("sent", 0.0, 2)


def test_an_id_that_is_none_is_told(halo: Halo) -> None:
    assert halo("show", "../status").exit_code == 1
    assert halo.wire.seen[-1].url.raw_path == b"/api/push/schedule/..%2Fstatus"
    assert halo("show", "").exit_code == halo("show", "..").exit_code == 2


def test_cancelling_is_asked_about_and_then_done(halo: Halo) -> None:
    halo.put(ONE)
    unasked = halo("cancel", ONE)
    assert (unasked.exit_code, "--yes" in unasked.stderr) == (2, True)
    halo.somebody = True
    refused = halo("cancel", ONE, input="n\n")
    assert (refused.exit_code, halo.wire.paths("POST")) == (1, [])
    done = halo("cancel", ONE, input="y\n")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, 'Cancelled "Autumn wines".')
    assert halo.world.ports.runs.stored[ONE][0].state is State.CANCELLED


def test_a_script_cancels_and_reads_what_it_is_then(halo: Halo) -> None:
    halo.put(ONE)
    assert halo.json("cancel", ONE, "--yes")["state"] == "cancelled"
    assert halo.json("cancel", ONE, "--yes")["state"] == "cancelled"
    halo.put(TWO, State.SENT)
    assert halo("cancel", TWO, "--yes").exit_code == 1


def test_one_that_was_halted_goes_on(halo: Halo) -> None:
    halo.put(ONE, State.HALTED, shards=2, started_at=1)
    assert "Going on" in halo("resume", ONE).stdout
    assert halo.world.ports.runs.stored[ONE][0].state is State.SENDING
    assert halo("resume", ONE).exit_code == 1
