"""The emulator as a process: both versions of HTTP, the inbox, cut connections, the page."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

SEND = "/v1/projects/demo/messages:send"
BEARER = {"authorization": "Bearer x"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.fcm", "--port", str(port)], stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(1_000):
        try:
            httpx.get(f"{address}/health").raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield address
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def client(request: pytest.FixtureRequest, url: str) -> Iterator[httpx.Client]:
    two = request.param == "HTTP/2"
    with httpx.Client(base_url=url, http1=not two, http2=two, headers=BEARER, timeout=10) as client:
        client.delete("/inbox").raise_for_status()
        client.delete("/behaviour").raise_for_status()
        yield client


def message(target: str = "t", schedule: str = "s", **data: str) -> dict[str, Any]:
    return {"message": {"token": target, "data": {"scheduleId": schedule} | data}}


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
def test_both_versions_of_http_share_a_port(url: str, version: str) -> None:
    with httpx.Client(http1=version == "HTTP/1.1", http2=version == "HTTP/2") as client:
        assert client.get(f"{url}/health").http_version == version


def test_a_message_is_accepted(client: httpx.Client) -> None:
    answer = client.post(SEND, json=message())
    assert answer.status_code == 200
    assert answer.json()["name"].startswith("projects/demo/messages/0:")
    assert client.post("/v1/projects/demo/messages%3Asend", json=message()).status_code == 200


def test_the_inbox_is_filtered_paged_counted_and_emptied(client: httpx.Client) -> None:
    for target, schedule in (("a", "1"), ("b/é", "1"), ("a", "2"), ("a", "1")):
        client.post(SEND, json=message(target, schedule)).raise_for_status()

    def targets(**query: Any) -> list[tuple[str, str]]:
        found = client.get("/inbox", params=query).json()
        return [(each["target"], each["message"]["data"]["scheduleId"]) for each in found]

    assert targets() == [("a", "1"), ("b/é", "1"), ("a", "2"), ("a", "1")]
    assert targets(scheduleId="", target="") == targets()
    assert targets(scheduleId="1") == [("a", "1"), ("b/é", "1"), ("a", "1")]
    assert targets(target="b/é") == [("b/é", "1")]
    assert targets(scheduleId="1", target="a") == [("a", "1"), ("a", "1")]
    assert targets(after=1, limit=2) == [("b/é", "1"), ("a", "2")]
    assert client.get("/inbox", params={"limit": "many"}).status_code == 400
    counts = client.get("/inbox/counts", params={"scheduleId": "1"}).json()
    assert counts == {"accepted": 3, "targets": 2, "doubles": 1}
    entry = client.get("/inbox", params={"target": "b/é"}).json()[0]
    assert entry["message"] == message("b/é", "1")["message"]
    assert abs(entry["at"] - time.time() * 1000) < 60_000
    assert client.get("/phones/b/é").json()["shown"][0]["scheduleId"] == "1"
    assert client.get("/phones", params={"limit": 1}).json()["total"] == 2
    assert client.delete("/inbox").json() == {}
    assert targets() == []


def test_errors_look_like_googles(client: httpx.Client) -> None:
    wrong = client.post(SEND, json={"message": {"token": "t", "data": {"a": 12}}})
    assert wrong.status_code == 400
    assert wrong.json()["error"]["message"] == "Invalid value at 'message.data[0].value' (TYPE_STRING), 12"
    unknown = client.get("/nowhere")
    assert (unknown.status_code, unknown.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert client.get(SEND).status_code == 405
    assert client.post("/inbox").status_code == 405
    anonymous = client.post(SEND, json=message(), headers={"authorization": ""})
    assert (anonymous.status_code, anonymous.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_a_cut_connection_leaves_no_answer_and_the_inbox_tells_what_happened(client: httpx.Client) -> None:
    rules = [{"prefix": "lost", "drop": "before"}, {"prefix": "kept", "drop": "after"}]
    client.put("/behaviour", json=rules).raise_for_status()
    for target in ("lost", "kept"):
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(SEND, json=message(target))
    for _ in range(2):
        assert client.post(SEND, json=message("fine", "journal")).status_code == 200
    one, again = client.get("/journal", params={"scheduleId": "journal"}).json()[-2:]
    assert one["client"] == again["client"]  # one connection, and another one than those that were cut
    assert one["client"] not in {row["client"] for row in client.get("/journal").json() if row["target"] == "lost"}
    assert [entry["target"] for entry in client.get("/inbox").json()] == ["kept", "fine", "fine"]
    assert [rule["applied"] for rule in client.get("/behaviour").json()["rules"]] == [1, 1]


def test_a_quota_is_answered_with_when_to_come_back(client: httpx.Client) -> None:
    client.put("/behaviour", json={"quotaPerMinute": 2}).raise_for_status()
    answers = [client.post(SEND, json=message()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30


def test_a_behaviour_that_is_refused_changes_nothing(client: httpx.Client) -> None:
    client.put("/behaviour", json=[{"error": "INTERNAL"}]).raise_for_status()
    refused = client.put("/behaviour", json=[{"error": "OOPS"}])
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith("rules[0].error must be one of UNREGISTERED, ")
    assert client.put("/behaviour", content=b"{").status_code == 400
    assert client.get("/behaviour").json()["rules"][0]["error"] == "INTERNAL"
    assert client.post(SEND, json=message()).status_code == 500
    client.delete("/behaviour").raise_for_status()
    assert client.post(SEND, json=message()).status_code == 200


def test_a_cut_connection_loses_all_of_its_streams(url: str) -> None:
    httpx.delete(f"{url}/inbox")
    # Cut when all the others are under way; these take longer than all of the tests, or they would come to another one.
    cut = {"prefix": "cut", "drop": "before", "delayMs": 1_000}
    httpx.put(f"{url}/behaviour", json=[cut, {"prefix": "slow", "delayMs": 600_000}]).raise_for_status()

    async def sent(http: httpx.AsyncClient, target: str) -> int:
        try:
            return (await http.post(url + SEND, json=message(target))).status_code
        except httpx.TransportError:
            return 0

    async def play() -> list[int]:
        one = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(http1=False, http2=True, limits=one, headers=BEARER, timeout=30) as http:
            assert await sent(http, "fast") == 200
            return await asyncio.gather(*(sent(http, each) for each in (*slow, "cut")))

    slow = [f"slow-{number}" for number in range(5)]
    assert asyncio.run(play()) == [0] * 6
    httpx.delete(f"{url}/behaviour")
    assert {entry["target"] for entry in httpx.get(f"{url}/inbox").json()} == {"fast"}


def test_a_port_that_is_taken_is_said_so(url: str) -> None:
    port = url.rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "infra.local.fcm", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"Cannot listen on 127.0.0.1:{port}: Address already in use.")


def test_the_page_is_served_and_may_load_nothing_else(url: str) -> None:
    page = httpx.get(url)
    assert page.headers["content-security-policy"] == "default-src 'self'"
    assert "Phones" in page.text
    for path in ("/page/phones.css", "/page/phones.js", "/page/card.js", "/page/icon.svg"):
        assert path in page.text or path == "/page/card.js"
        asset = httpx.get(url + path).raise_for_status()
        assert "innerHTML" not in asset.text
    assert httpx.get(f"{url}/page/../server.py").status_code == 404


def test_untrusted_text_reaches_the_page_as_json_only(url: str) -> None:
    evil = "<script>alert(1)</script>"
    httpx.post(url + SEND, json=message("evil", title=evil), headers=BEARER).raise_for_status()
    answer = httpx.get(f"{url}/phones", params={"search": "EVIL"})
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["phones"][0]["shown"][0]["title"] == evil


def test_events_tell_that_something_changed(url: str) -> None:
    with httpx.stream("GET", f"{url}/events", timeout=60) as events:
        lines = (line.removeprefix("data: ") for line in events.iter_lines() if line.startswith("data: "))
        before = json.loads(next(lines))["accepted"]
        for _ in range(3):
            httpx.post(url + SEND, json=message(), headers=BEARER).raise_for_status()
        after = before
        while after < before + 3:
            after = json.loads(next(lines))["accepted"]
    assert after == before + 3
