"""What `make package` writes does its work alone: its functions are called as Google calls them, and send.

The whole stack, with the archive's functions in a Python that has what the archive pins and nothing else. Cloud Tasks,
the clock and the triggers pass the gate with tokens that they sign as the invoker, by keys that are served here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from google.cloud import firestore

from e2e.callers import Caller, call_function, wait_for
from infra.local.supervisor import Source, Stack, running_stack

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("archive")]


@pytest.fixture(scope="module")
def stack(installed: Source, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack"), without=("clock",), source=installed) as running:
        yield running


@pytest.fixture(scope="module")
def caller(stack: Stack) -> Iterator[Caller]:
    """It logs in, with a password and with a client's secret."""
    made = Caller(stack)
    yield made
    made.close()


@pytest.fixture(scope="module")
def console(stack: Stack) -> Iterator[firestore.Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", stack.firestore)
        client = firestore.Client(project=stack.project)
    yield client
    client.close()


def test_the_functions_are_those_of_the_archive(stack: Stack, installed: Source) -> None:
    for name in ("api", "send", "deliver", "sweep", "work", "ingest"):
        part = next(each for each in stack.plan.parts if each.name == name)
        assert (part.command[:2], part.directory) == ([str(installed.python), "-I"], installed.folder)
        assert "PYTHONPATH" not in part.environment


def test_api_send_and_deliver_bring_a_notification_to_its_phones_once(caller: Caller) -> None:
    caller.register("one")
    caller.register("two", platform="ios")
    posted = caller.post(name="Autumn", aliases=["one", "two", "nobody"])["id"]
    done = caller.sent(posted)
    assert (done["state"], done["counts"]["accepted"], done["counts"]["noSuchDevice"]) == ("sent", 2, 1)
    assert caller.received(posted) == {"one-token": 1, "two-token": 1}


def test_ingest_takes_what_somebody_writes_in_the_console(caller: Caller, console: firestore.Client) -> None:
    caller.register("by hand")
    written = {"appId": caller.app_id, "name": "By hand", "aliases": ["by hand"]}
    _, document = console.collection("schedules").add(written)
    wait_for(lambda: document.get().to_dict().get("state") == "sent")
    assert caller.received(document.id) == {"by hand-token": 1}


def test_sweep_begins_housekeeping_and_work_goes_on_with_it(stack: Stack, console: firestore.Client) -> None:
    asked = call_function(stack, "sweep", None, params={"dryRun": "true"})
    assert (asked.status_code, asked.json()["dryRun"]) == (200, True)
    housekeeping = console.document("jobs/housekeeping")
    assert not housekeeping.get().exists
    assert call_function(stack, "sweep", None).json()["answer"] == "done"
    # It began with what an older release may have left, and has come to the day.
    wait_for(lambda: housekeeping.get().get("cursor").startswith(f"{datetime.now(UTC).year}-"))
    refused = call_function(stack, "sweep", None, params={"dryRun": "maybe"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_work_erases_what_was_kept_of_a_device(caller: Caller) -> None:
    device = caller.register("to go")
    caller.sent(caller.post(name="To one who goes", aliases=["to go"])["id"])
    path = f"api/segmentation/appuser/{device['id']}"
    job = caller.http.delete(path, params={"appId": caller.app_id}, headers=caller.server).json()["job"]
    # Or two: the device itself, where the job was quicker than the request that asked for it.
    wait_for(lambda: caller.http.get(f"api/jobs/{job}", headers=caller.server).json()["done"] >= 1)


def test_a_user_of_an_app_logs_in(caller: Caller) -> None:
    caller.register("hers")
    secret = {"network": "halo", "email": "ann@wines.example", "password": "a long password", "deviceId": "hers"}
    profile = {"email": secret["email"], "name": "Ann", "surname": "Lee"}
    caller.identified("register", json={"auth": secret, "profile": profile})
    assert caller.identified("login", json=secret)["user"]["name"] == "Ann"


def test_the_status_knows_the_queues(caller: Caller) -> None:
    status = caller.http.get("api/status", headers=caller.server)
    assert status.status_code == 200, status.text
    queues = status.json()["queues"]
    assert queues.keys() == {"send", "deliver", "urgent", "work"}
    assert None not in queues.values(), status.text


@pytest.mark.parametrize("name", ["send", "deliver", "work", "ingest"])
def test_what_is_no_task_and_no_event_is_never_asked_for_again(stack: Stack, name: str) -> None:
    answer = call_function(stack, name, {})
    assert (answer.status_code, answer.json()["code"]) == (200, "malformed")


@pytest.mark.parametrize("name", ["send", "deliver", "work"])
def test_a_task_for_what_is_not_there_is_done(stack: Stack, name: str) -> None:
    answer = call_function(stack, name, {"v": 1, "id": "a" * 24 + ("/0" if name == "deliver" else ""), "epoch": 1})
    assert (answer.status_code, answer.json()) == (200, {"answer": "done"})
