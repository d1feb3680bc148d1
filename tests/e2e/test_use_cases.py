"""The seeds' four use cases, as an integration server sends them, and what the phones get."""

import json
import time
import uuid
from typing import Any

import pytest

from e2e.callers import Caller

SEND_AHEAD_MS = 3_000


def tag(caller: Caller, name: str, value: str) -> Any:
    """A tag as it comes into being: a device carries it. Answered with its id."""
    device = caller.register(f"{uuid.uuid4()}", f"{value}-{uuid.uuid4()}", tags=[{"name": name, "value": value}])
    return next(each for each in device["tags"] if each["name"] == name)


def test_one_user_by_aliases(caller: Caller) -> None:
    for alias in ("alias1", "alias2", "alias3"):
        caller.register(alias)
    posted = caller.post(name="Name of the push notification", aliases=["alias1", "alias2"])
    assert posted["id"]
    assert posted["state"] == "scheduled"
    done = caller.sent(posted["id"])
    assert done["state"] == "sent"
    assert caller.received(posted["id"]) == {"alias1-token": 1, "alias2-token": 1}
    assert done["counts"]["accepted"] == 2


def test_everybody_using_the_app(caller: Caller) -> None:
    caller.register("with two phones", "phone-a", "phone-b", platform="ios")
    posted = caller.post(name="Name of the push notification")
    done = caller.sent(posted["id"])
    received = caller.received(posted["id"])
    assert {"phone-a", "phone-b"} <= received.keys()
    assert set(received.values()) == {1}
    assert done["counts"]["targeted"] == done["counts"]["accepted"] == len(received)


@pytest.mark.parametrize("by", ["id", "name and value"])
def test_a_group_by_tag(caller: Caller, by: str) -> None:
    stored = tag(caller, "Platform Name", "android")
    tag(caller, "Platform Name", "ios")
    filter_tag = {"id": stored["id"]} if by == "id" else {"name": "platform name", "value": "Android"}
    posted = caller.post(name="My push to Android", filterTags=[filter_tag])
    done = caller.sent(posted["id"])
    received = caller.received(posted["id"])
    assert received
    assert all(target.startswith("android-") and times == 1 for target, times in received.items())
    assert done["counts"]["accepted"] == len(received)


def test_at_a_certain_time_and_not_before(caller: Caller) -> None:
    caller.register("punctual")
    send_on = int(time.time() * 1000) + SEND_AHEAD_MS
    posted = caller.post(name="Later", sendOn=send_on, aliases=["punctual"])
    assert posted["sendOn"] == send_on
    done = caller.sent(posted["id"])
    (message,) = caller.inbox(posted["id"])
    assert message["at"] >= send_on
    assert done["sentAt"] >= send_on


def test_a_user_on_all_of_their_devices(caller: Caller) -> None:
    """They register, log in by Android's form on two phones, and by iOS's JSON on a third."""
    email = f"{uuid.uuid4()}@example.com"
    caller.register("theirs 1")
    caller.register("theirs 2", "tablet a", "tablet b")
    caller.register("theirs 3", platform="ios")
    caller.register("somebody else's")
    secret = {"network": "halo", "email": email, "password": "a long password"}
    profile = {"email": email, "name": "Ann", "surname": "Lee"}
    user = caller.identified("register", json={"auth": {**secret, "deviceId": "theirs 1"}, "profile": profile})
    for alias in ("theirs 1", "theirs 2"):
        logged_in = caller.identified("login", data={**secret, "deviceId": alias})
        assert logged_in["user"]["id"] == user["id"]
    logged_in = caller.identified("login", json={**secret, "deviceId": "theirs 3"})
    assert logged_in["user"]["id"] == user["id"]
    bearer = {"Authorization": f"Bearer {logged_in['token']['access_token']}"}
    body = {"appId": caller.app_id, "name": "Your order", "users": [user["id"], "identified-nobody"]}
    posted = caller.http.post("api/push/schedule/toIdentified", json=body, headers=caller.server).json()
    done = caller.sent(posted["id"])
    phones = {"theirs 1-token": 1, "tablet a": 1, "tablet b": 1, "theirs 3-token": 1}
    assert caller.received(posted["id"]) == phones
    assert (done["counts"]["accepted"], done["counts"]["noSuchDevice"]) == (4, 1)
    opened = {"device": "theirs 3", "schedule": posted["id"], "action": "open", "platform": "ios"}
    assert caller.http.post("api/push/schedule/activity", json=opened, headers=bearer).json() == opened
    wrong = caller.http.post(
        "api/segmentation/identified/login", data={**secret, "password": "wrong"}, headers=caller.phone
    )
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong-credentials")


def test_who_proves_an_email_with_google_is_its_user_and_whoever_typed_it_before_is_not(caller: Caller) -> None:
    email = f"{uuid.uuid4()}@example.com"
    caller.register("a guess")
    caller.register("the owner's")
    typed = {"network": "halo", "email": email, "password": "a long password", "deviceId": "a guess"}
    user = caller.identified("register", json={"auth": typed, "profile": {"email": email, "name": "A", "surname": "B"}})
    caller.identified("login", json=typed)
    google = json.dumps({"sub": email, "email": email, "email_verified": True})
    owner = caller.identified("login", json={"network": "google", "token": google, "deviceId": "the owner's"})
    assert owner["user"]["id"] == user["id"]
    body = {"appId": caller.app_id, "name": "In confidence", "users": [user["id"]]}
    posted = caller.http.post("api/push/schedule/toIdentified", json=body, headers=caller.server).json()
    caller.sent(posted["id"])
    assert caller.received(posted["id"]) == {"the owner's-token": 1}


def test_schedules_are_listed_with_their_state(caller: Caller) -> None:
    posted = caller.post(name="Listed", aliases=["nobody"])
    caller.sent(posted["id"])
    listed = caller.http.get("api/push/schedule", params={"limit": 5}, headers=caller.server).json()
    assert listed["items"][0]["id"] == posted["id"]
    assert listed["items"][0]["state"] == "sent"
    assert listed["pagination"]["totalItems"] >= 1


def test_every_platform_gets_its_own_message(caller: Caller) -> None:
    for platform in ("android", "ios", "web"):
        caller.register(f"on {platform}", f"{platform}-phone", platform=platform)
    payload = {
        "notification": {"title": "Autumn", "body": "wines", "sound": "ping", "badge": 2, "color": "#aa0000"},
        "data": {
            "url": "app://wines",
            "image": {"url": "https://example.com/w.png", "layout": "top"},
            "extra": {"a": 1},
        },
    }
    posted = caller.post(name="All", aliases=["on android", "on ios", "on web"], payload=payload)
    caller.sent(posted["id"])
    messages = {row["target"]: row["message"] for row in caller.inbox(posted["id"])}
    assert messages["android-phone"]["data"]["badge"] == "2"
    assert json.loads(messages["android-phone"]["data"]["image"])["layout"] == "top"
    assert messages["ios-phone"]["apns"]["payload"]["aps"]["sound"] == "ping.aiff"
    assert messages["web-phone"]["data"]["image"] == "https://example.com/w.png"
    shown = caller.fcm.get("/phones/ios-phone").json()["shown"][0]
    assert (shown["title"], shown["body"], shown["silent"]) == ("Autumn", "wines", False)


def test_a_template_filled_in_and_what_a_phone_reports_of_it(caller: Caller) -> None:
    body = {"name": "Offer", "allows": ["text"], "payload": {"notification": {"title": "Today", "sound": "ping"}}}
    template = caller.http.post("api/push/template", json=body, headers=caller.server).json()
    caller.register("reader")
    posted = caller.post(
        name="x", aliases=["reader"], template=template["id"], payload={"notification": {"body": "Rioja"}},
        content="rioja-2016",
    )  # fmt: skip
    caller.sent(posted["id"])
    (message,) = caller.inbox(posted["id"])
    data = message["message"]["data"]
    assert [data[key] for key in ("title", "body", "sound", "content")] == ["Today", "Rioja", "ping", "rioja-2016"]
    for action in ("receipt", "open", "open"):
        said = {"device": "reader", "schedule": posted["id"], "action": action, "platform": "android"}
        assert caller.http.post("//api/push/schedule/activity", data=said, headers=caller.phone).json() == said
    results = caller.http.get(f"api/push/schedule/{posted['id']}/results", headers=caller.server).json()
    assert results["activity"] == {"receipt": 1, "open": 1, "dismiss": 0}
    assert (results["rates"]["receipt"], results["rates"]["open"]) == (1.0, 1.0)


def test_a_dead_phone_is_counted_and_forgotten(caller: Caller) -> None:
    caller.register("in a drawer", "dead-phone", "live-phone")
    caller.behave(rules=[{"prefix": "dead-", "error": "UNREGISTERED"}])
    first = caller.sent(caller.post(name="x", aliases=["in a drawer"])["id"])
    assert (first["counts"]["accepted"], first["counts"]["dead"]) == (1, 1)
    assert first["reasons"] == {"UNREGISTERED": 1}
    second = caller.sent(caller.post(name="x", aliases=["in a drawer"])["id"])
    assert (second["counts"]["accepted"], second["counts"]["dead"]) == (1, 0)


def test_the_documentation_needs_no_internet(caller: Caller) -> None:
    page = caller.http.get("api/docs")
    assert page.status_code == 200
    assert "https://" not in page.text.replace("https://HOST", "")
    assert caller.http.get("api/openapi.json").json()["paths"]
