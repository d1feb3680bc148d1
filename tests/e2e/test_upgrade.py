"""This release takes over what 0.1 left (tests/releases): its database, the tasks that waited, who was logged in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from contract import earlier
from contract.earlier import STACK
from e2e.callers import Caller, wait_for
from e2e.upgraded import Upgraded, upgraded_stack

ABOUT = earlier.told("about", STACK)
IDS: dict[str, str] = ABOUT["ids"]
FIRST: dict[str, str] = earlier.told("about")["ids"]
CELLAR = {"name": "Cellar", "value": "Krems"}
# When it was counted; and that there is one role and one account more, those of the other set of documents.
NEW = {"asOf", "pagination"}
OLD = [*earlier.told("tasks"), *earlier.told("tasks", STACK)]


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory, asked_of_firestore: Path) -> Iterator[Upgraded]:
    with upgraded_stack(tmp_path_factory.mktemp("upgraded"), asked_of_firestore) as running:
        yield running


@pytest.fixture(scope="module")
def caller(upgraded: Upgraded) -> Iterator[Caller]:
    """Logs in with the administrator's password and the client's secret of then."""
    made = Caller(upgraded.stack)
    yield made
    made.close()


def test_what_0_1_answered_is_answered_still(upgraded: Upgraded, caller: Caller) -> None:
    answers = earlier.told("answers", STACK)
    assert len(answers) == 20
    for path, said in answers.items():
        found = caller.http.get(path, headers=caller.server)
        assert found.status_code == 200, (path, found.text)
        assert differences(said, found.json(), upgraded.moved_ms) == [], path


def test_phones_people_and_users_who_were_logged_in_still_are(upgraded: Upgraded, caller: Caller) -> None:
    again = {who: refreshed(caller, token, upgraded) for who, token in ABOUT["refreshTokens"].items()}
    tagged = {"alias": "phone 3", "devices": [{"platform": "web", "token": "third-phone"}], "tags": [CELLAR]}
    synced = caller.http.put(f"api/segmentation/appuser/{IDS['phone 3']}", json=tagged, headers=again["phone"])
    assert (synced.status_code, synced.json()["alias"]) == (200, "phone 3"), synced.text
    new = caller.post(name="To those of a cellar", filterTags=[CELLAR])["id"]
    assert caller.sent(new)["state"] == "sent"
    # One of them had the tag before.
    assert caller.received(new) == {"first-phone": 1, "third-phone": 1}
    seen = caller.http.get(f"api/push/schedule/{IDS['sent']}", headers=again["editor"])
    assert (seen.status_code, seen.json()["state"]) == (200, "sent")
    opened = {"device": "phone 2", "schedule": IDS["sent"], "action": "open", "platform": "ios"}
    assert caller.http.post("api/push/schedule/activity", json=opened, headers=again["ann"]).json() == opened


def test_a_user_logs_in_with_the_password_of_then_on_one_more_phone(upgraded: Upgraded, caller: Caller) -> None:
    if not upgraded.same_project:
        pytest.skip("users of 0.1 are in its project, and an emulator that is shared has another")
    logged_in = caller.identified("login", json={**ABOUT["ann"], "deviceId": "phone 4"})
    assert logged_in["user"]["id"] == IDS["user"]


def test_tasks_that_waited_are_done_and_everybody_gets_theirs_once(upgraded: Upgraded, caller: Caller) -> None:
    ann = {"first-phone", "second-phone"} | ({"fourth-phone"} if upgraded.same_project else set())
    gold = {f"token-{number}" for number in range(1, 20, 2)} - {"token-5"}
    before = earlier.told("about")
    rest = {f"token-{number}" for number in range(20)} - {"token-5", *before["sentInShard0"], before["cursorOfShard1"]}
    expected = {
        IDS["later"]: {"fourth-phone"}, IDS["ann"]: ann, IDS["left"]: {"third-phone"},
        # The page that the canary's worker had open went to another FCM, with that worker.
        IDS["canary"]: {f"cellar-{number}" for number in range(16)}, IDS["sent"]: set(),
        FIRST["by-aliases"]: {"token-1", "token-2"}, FIRST["by-tags"]: gold, FIRST["sending"]: rest,
        FIRST["halted"]: set(), FIRST["sent"]: set(),
    }  # fmt: skip
    # Cloud Tasks delivers at least once.
    for each in OLD * 2:
        upgraded.enqueue(each["queue"], each["body"])
    for id, phones in expected.items():
        done = caller.sent(id)
        assert done["state"] == ("halted" if id == FIRST["halted"] else "sent"), done
        assert caller.received(id) == dict.fromkeys(phones, 1), done["name"]
    wait_for(lambda: caller.http.get(f"api/jobs/{IDS['erase']}", headers=caller.server).json()["state"] == "done")


def test_housekeeping_renews_what_no_search_found(upgraded: Upgraded, caller: Caller) -> None:
    def found() -> set[str]:
        listed = caller.http.get("api/push/schedule", params={"appId": 2, "limit": 50}, headers=caller.server)
        return {each["id"] for each in listed.raise_for_status().json()["items"]}

    ours = {IDS[name] for name in ("sent", "left", "later", "ann")}
    assert not ours & found()
    swept = upgraded.sweep()
    assert (swept.status_code, swept.json()["answer"]) == (200, "done"), swept.text
    wait_for(lambda: ours <= found())
    for id in ours:
        assert caller.read(id)["state"] == "sent"
    # Its writing, like that of the older release, is nobody's edit, though ingest is told of each.
    for collection in ("schedules", "templates", "tags"):
        told = upgraded.fields(collection)
        assert told
        assert {id: kept for id, kept in told.items() if {"problem", "notice"} & kept.keys()} == {}


def refreshed(caller: Caller, token: str, upgraded: Upgraded) -> dict[str, str]:
    """As its holder would be, who was given the token that much later: it is good for a year."""
    keys = KeySet.import_key_set(ABOUT["secrets"]["token_keys"])
    read = jwt.decode(token, keys, ["HS256"])
    moved = {name: read.claims[name] + upgraded.moved_ms // 1_000 for name in ("iat", "exp")}
    signed = jwt.encode(read.header, {**read.claims, **moved}, keys, ["HS256"])
    answer = caller.http.post("api/oauth/token", data={"grant_type": "refresh_token", "refresh_token": signed})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def differences(said: Any, found: Any, moved_ms: int, at: str = "") -> list[str]:
    """Where what is answered is not what was; more may be said now. Moments have moved with the documents."""
    if isinstance(said, dict) and isinstance(found, dict):
        kept = said.keys() - NEW
        return [each for key in kept for each in differences(said[key], found.get(key), moved_ms, f"{at}/{key}")]
    if isinstance(said, list) and isinstance(found, list):
        return [
            f"{at}/{i}: {item}" for i, item in enumerate(said) if all(differences(item, f, moved_ms) for f in found)
        ]
    moment = isinstance(said, int) and said > 10**12 and isinstance(found, int)
    same = said == found or (moment and abs(found - said - moved_ms) < 2)
    return [] if same else [f"{at}: {said!r} is {found!r}"]
