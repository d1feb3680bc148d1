"""Background jobs through everything: the API, Cloud Tasks, the function `work`, Firestore."""

import time
from collections.abc import Callable
from typing import Any

from e2e.callers import PATIENCE_S, Caller, put_devices
from fakes.made import device

APP, DEVICES = 77, 1_000


def wait_for(caller: Caller, id: str, reached: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not reached(job := caller.http.get(f"api/jobs/{id}", headers=caller.server).json()):
        assert time.monotonic() < deadline, f"not there within {PATIENCE_S:g} s: {job}"
        time.sleep(0.1)
    return job


def test_what_runs_keep_of_a_deleted_device_is_erased_in_the_background(caller: Caller) -> None:
    kept = caller.register("to be forgotten", "a phone to be forgotten")
    caller.sent(caller.post(name="Autumn", aliases=["to be forgotten"])["id"])
    path = f"api/segmentation/appuser/{kept['id']}"
    deleted = caller.http.delete(path, params={"appId": caller.app_id}, headers=caller.server)
    assert deleted.status_code == 200, deleted.text
    # It looks once more after a while. Where it was quicker than the request, it counts the device itself as well.
    job = wait_for(caller, deleted.json()["job"], lambda job: job["done"] > 0)
    assert (job["kind"], job["state"], job["done"] in (1, 2)) == ("erase-device", "running", True)


def test_an_app_loses_its_devices_step_by_step_and_takes_no_new_ones(caller: Caller) -> None:
    put_devices(caller.stack, APP, [device(number, app=APP) for number in range(DEVICES)])
    before = caller.post(appId=APP, name="Winter", sendOn=int(time.time() * 1000) + 3_600_000)
    path = f"api/core/app/{APP}"
    assert caller.http.delete(path, headers=caller.server).status_code == 409
    deleted = caller.http.delete(path, params={"force": "true"}, headers=caller.server)
    assert deleted.status_code == 200, deleted.text
    job = wait_for(caller, deleted.json()["job"], lambda job: job["done"] == DEVICES)
    assert (job["kind"], job["state"], job["subject"]) == ("delete-app", "running", str(APP))
    assert caller.read(before["id"])["state"] == "cancelled"
    found = caller.http.get("api/segmentation/appuser", params={"appId": APP}, headers=caller.server)
    assert found.json()["items"] == []
    refused = caller.http.post("api/segmentation/appuser", json={"appId": APP}, headers=caller.server)
    assert refused.status_code == 404
    again = caller.http.delete(path, headers=caller.server)
    assert again.json()["job"] == job["id"]
