"""Devices, activity, failures, and the service itself."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes import made
from fakes.terminal import Halo
from fakes.world import ANDROID
from infra.halo import failures as command
from push.domain.activity import Action
from push.domain.page import Failure
from push.domain.run import totals
from push.domain.schedule import State
from push.domain.tag import TagType

ID = "a" * 24
TOKEN = "cQ2ZKx0dRk6:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx"


@pytest.fixture
def devices(halo: Halo) -> Halo:
    for number in range(3):
        tags = [{"name": "Platform Name", "value": "android"}] if number else []
        targets = [{"platform": "android", "token": f"{TOKEN}{number}"}]
        installations = [{"platform": "android", "fid": f"a-firebase-installation-{number}"}]
        body: Any = {"alias": f"phone-{number}", "devices": targets, "installations": installations, "tags": tags}
        halo.world.device(**body)
    return halo


def fail(halo: Halo, *numbers: int, named: str = "") -> None:
    for number in numbers:
        failure = Failure(f"{number:032x}", f"device-{number}", "android", "dead", "UNREGISTERED", named)
        halo.world.ports.ledger.failures_kept[ID, failure.target] = failure


def test_devices_are_found_by_alias_and_tag(devices: Halo) -> None:
    def found(*words: str) -> list[str]:
        return [one["alias"] for one in devices.json("devices", *words, "--app", "2")["items"]]

    assert found("phone-1") == ["phone-1"]
    assert sorted(found("phone-*")) == ["phone-0", "phone-1", "phone-2"]
    assert (
        sorted(found("--tag", "platform NAME: Android")) == sorted(found("--tag", ANDROID.id)) == ["phone-1", "phone-2"]
    )
    assert found("--platform", "ios") == []


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_what_reaches_a_phone_is_never_shown_whole(devices: Halo, how: tuple[str, ...]) -> None:
    shown = devices("devices", "--app", "2", *how).output
    assert "cQ2ZKx0d" in shown
    assert TOKEN[:12] not in shown
    assert "a-firebase-i" not in shown


def test_a_tag_that_is_none_or_several_is_not_guessed(devices: Halo) -> None:
    assert "No tag is like" in devices("devices", "--app", "2", "--tag", "Nothing: x").stderr
    other = devices.world.add_tag("Platform Name", "android", TagType.USER)
    several = devices("devices", "--app", "2", "--tag", "Platform Name: android")
    assert (several.exit_code, other.id in several.stderr) == (1, True)


def test_failures_are_listed_and_saved(halo: Halo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    halo.put(ID, State.SENT)
    fail(halo, *range(1, 8), named='=a,"b"\nc')
    assert len(halo.json("failures", ID, "--limit", "3")["items"]) == 3
    assert "UNREGISTERED" in halo("failures", ID).stdout
    monkeypatch.setattr(command, "ROWS", 3)  # so that several files are needed
    file = tmp_path / "failures.csv"
    assert halo.json("failures", ID, "--csv", str(file)) == {"file": str(file), "rows": 7}
    with file.open(newline="") as opened:
        rows = [*csv.reader(opened)]
    assert rows[0][0] == "target"
    assert [row[0] for row in rows[1:]] == [f"{n:032x}" for n in range(1, 8)]
    assert {row[5] for row in rows[1:]} == {'\'=a,"b"\nc'}
    assert halo("failures", ID, "--csv", "-").stdout.replace("\r\n", "\n") == file.read_text()


def test_a_file_that_cannot_be_whole_is_not_there(halo: Halo, tmp_path: Path) -> None:
    file = tmp_path / "failures.csv"
    assert halo("failures", ID, "--csv", str(file)).exit_code == 1
    assert halo("failures", ID, "--csv", str(tmp_path / "no" / "where")).exit_code == 1
    assert halo("failures", ID, "--csv", "-", "--json").exit_code == 2
    assert [each.name for each in tmp_path.iterdir()] == ["halo"]


@pytest.fixture
def reporting(halo: Halo) -> Halo:
    counts = totals({"accepted": 100, "dead": 1})
    halo.put(ID, State.SENT, counts=counts, reasons={}, wake_at=None, last_known_at=halo.world.ports.clock.now())
    fail(halo, 1)
    return halo


def report(halo: Halo, action: Action, *numbers: int) -> Callable[[], None]:
    def happen() -> None:
        for number in numbers:
            halo.world.ports.activity.moments[ID, f"d{number}", action] = 1

    return happen


def expire(halo: Halo) -> Callable[[], None]:
    return lambda: halo.world.ports.clock.pass_ms(made.DAY_MS)


def test_activity_tells_what_is_new_until_nothing_more_can_come(reporting: Halo) -> None:
    halo = reporting
    halo.meanwhile = [report(halo, Action.RECEIPT, 1, 2), lambda: None, report(halo, Action.RECEIPT, 3), expire(halo)]
    found = halo("activity", ID)
    assert (found.exit_code, "It is over" in found.stderr) == (0, True)
    lines = [line.split("  ", 1)[1] for line in found.stdout.splitlines()]
    assert lines == [
        "sent  accepted 100  failed 1  receipts 0  opens 0  dismissals 0",
        "  dead UNREGISTERED  android  device-1",
        "sent  accepted 100  failed 1  receipts 2, 2%  opens 0  dismissals 0",
        "sent  accepted 100  failed 1  receipts 3, 3% (+1)  opens 0  dismissals 0",
    ]


def test_a_script_follows_activity_as_objects(reporting: Halo) -> None:
    halo = reporting
    halo.meanwhile = [report(halo, Action.OPEN, 1), expire(halo)]
    told = halo.lines("activity", ID)
    assert [each["kind"] for each in told] == ["results", "failure", "results"]
    assert (told[1]["outcome"], told[2]["activity"]["open"], told[2]["rates"]["open"]) == ("dead", 1, 0.01)


def test_many_failures_are_told_by_their_number(halo: Halo) -> None:
    fail(halo, *range(30))
    halo.put(ID, State.SENT, counts=totals({"dead": 30}), reasons={}, wake_at=None)
    shown = halo("activity", ID).stdout
    assert shown.count("UNREGISTERED") == 20
    assert "and 10 more" in shown


def test_failures_are_read_only_when_there_are_more_of_them(halo: Halo) -> None:
    now = halo.world.ports.clock.now()
    halo.put(ID, State.SENT, counts=totals({"accepted": 1, "dead": 9}), reasons={}, wake_at=None, last_known_at=now)
    fail(halo, 1)
    halo.meanwhile = [lambda: None] * 5 + [expire(halo)]
    assert halo("activity", ID).exit_code == 0
    assert halo.wire.paths().count(f"/api/push/schedule/{ID}/failures") == 1


def test_a_draft_reports_nothing_and_is_not_waited_for(halo: Halo) -> None:
    halo.put(ID, State.DRAFT)
    assert (halo("activity", ID).exit_code, halo.slept) == (0, [])


def test_ctrl_c_ends_the_looking(reporting: Halo) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    reporting.meanwhile = [interrupt]
    assert reporting("activity", ID).exit_code == 130


STATUS: dict[str, Any] = {
    "queues": [{"name": "deliver", "tasks": 1_200, "paused": False}],
    "runs": {"sending": 2},
    "outcomes": {},
    "oldestUnfinishedShard": None,
    "versions": {"api": "0.1.0\x1b[2J"},
    "asOf": 1_800_000_000_000,
}


def test_the_service_is_shown_whatever_it_tells(halo: Halo) -> None:
    halo.wire.faults = [httpx.Response(200, json=STATUS)] * 2
    shown = dict(line.split(maxsplit=1) for line in halo("status").stdout.splitlines())
    assert shown["asOf"].startswith("2027-01-15")
    del shown["asOf"]
    assert shown == {
        "queues.deliver.name": "deliver", "queues.deliver.tasks": "1,200", "queues.deliver.paused": "no",
        "runs.sending": "2", "outcomes": "none", "oldestUnfinishedShard": "none", "versions.api": "0.1.0\\x1b[2J",
    }  # fmt: skip
    assert halo.json("status") == STATUS


def test_an_older_service_is_called_one(halo: Halo) -> None:
    halo.wire.faults = [httpx.Response(404, json={"detail": "no such path", "errors": []})]
    found = halo("status")
    assert (found.exit_code, "is an older release" in found.stderr) == (1, True)


def test_json_is_one_document_and_nothing_else(devices: Halo) -> None:
    for words in (("list",), ("templates",), ("devices", "--app", "2"), ("whoami",)):
        json.loads(devices(*words, "--json").stdout)
