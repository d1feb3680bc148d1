"""A Fire device beside an Android phone, through everything: FCM's emulator has one message, moto the other."""

import json
from typing import Any

import httpx

from e2e.callers import Caller


def told(caller: Caller, token: str) -> list[Any]:
    """What Amazon Device Messaging would have been given for a phone, out of moto's records."""
    records = httpx.get(f"{caller.stack.sns}/moto-api/data.json", trust_env=False).json()["sns"]
    messages = [each["messages"] for each in records.get("PlatformEndpoint", []) if each["token"] == token]
    return [json.loads(json.loads(text)["ADM"]) for some in messages for text in some.values()]


def test_a_fire_device_gets_its_message_from_amazon_again_and_again(caller: Caller) -> None:
    device = caller.register("fire-owner", "fire-registration", platform="adm")
    caller.register("android-owner")
    payload = {"notification": {"title": "Autumn wines", "body": "New in the cellar"}}
    ids = []
    for _ in range(2):
        posted = caller.post(name="Wines", aliases=["fire-owner", "android-owner"], payload=payload)
        done = caller.sent(posted["id"])
        assert (done["state"], done["counts"]["targeted"], done["counts"]["accepted"]) == ("sent", 2, 2)
        assert caller.received(posted["id"]) == {"android-owner-token": 1}
        ids.append(posted["id"])
    got = told(caller, "fire-registration")
    assert [message["data"]["scheduleId"] for message in got] == ids
    assert got[0]["data"].items() >= {("title", "Autumn wines"), ("body", "New in the cellar")}
    # Other tests count who is there.
    gone = caller.http.delete(f"api/segmentation/appuser/{device['id']}?appId={caller.app_id}", headers=caller.server)
    assert gone.status_code == 200
