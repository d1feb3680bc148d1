"""HALO's contract, section 1: what holds for every call."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from fakes.identity import ACCESS_MS
from fakes.world import World
from halo.sdks import android, ios, javascript
from halo.sdks.android import Android
from halo.sdks.ios import IOS
from halo.sdks.javascript import JavaScript
from halo.sdks.server import Server
from halo.sdks.wire import Answer, as_json, exchange
from push.domain.errors import Unavailable
from push.entrypoints.api.bodies import MAX_BYTES
from push.usecases.report_activity import Intake

SPELLINGS = ["/api/push/schedule", "/api/push/schedule/", "//api/push/schedule/", "//api//push//schedule//"]
ID = re.compile(r"[0-9a-f]{24}")


@pytest.mark.parametrize("path", SPELLINGS)
def test_slashes_at_the_end_or_twice_change_no_answer_and_nothing_redirects(server: Server, path: str) -> None:
    made = server.call("POST", path, {"appId": 2, "name": "n"})
    assert (made.status, "location" in made.headers) == (201, False)
    listed = server.call("GET", path)
    assert (listed.status, listed.body) == (200, server.call("GET", SPELLINGS[0]).body)


def test_bodies_are_json_in_utf_8_both_ways(server: Server) -> None:
    answer = server.schedule(name="Vinos de otoño 🍷")
    assert answer.headers["content-type"] == "application/json"
    assert "Vinos de otoño 🍷".encode() in answer.body


def test_moments_are_whole_milliseconds(world: World, server: Server) -> None:
    now = world.ports.clock.now()
    device, schedule = Android(world).sync(), server.posted()
    moments = (device["createdAt"], schedule["createdAt"], schedule["sendOn"])
    assert [(type(moment), moment) for moment in moments] == [(int, now)] * 3


def test_identifiers_of_ours_are_24_lower_case_hex_digits(world: World, server: Server) -> None:
    device = Android(world).sync(tags=[{"name": "Screen Size", "value": "6"}])
    template = server.call("POST", "/api/push/template", {"name": "t", "allows": ["text"]}).json()
    for made in (device, device["tags"][0], server.posted(), template):
        assert ID.fullmatch(made["id"])


@pytest.mark.parametrize("app", [2, "2"])
def test_ids_of_apps_and_customers_come_as_numbers_or_texts_and_are_answered_as_numbers(
    world: World, server: Server, app: int | str
) -> None:
    assert server.posted(appId=app)["appId"] == 2
    sent = as_json({"appId": app, "customerId": app})
    device = Android(world).call("POST", "/api/segmentation/appuser/", body=sent).json()
    assert (device["appId"], device["customerId"]) == (2, 2)


def test_an_alias_made_by_the_server_begins_with_anonymous(world: World) -> None:
    assert Android(world).sync()["alias"].startswith("anonymous-")


def test_success_is_200_or_201_with_a_json_object_also_where_something_is_removed(world: World, server: Server) -> None:
    id_ = server.posted(draft=True)["id"]
    device = Android(world).sync()["id"]
    calls = [
        ("GET", f"/api/push/schedule/{id_}", None), ("PUT", f"/api/push/schedule/{id_}", {"appId": 2, "name": "n"}),
        ("POST", f"/api/push/schedule/{id_}/send", None), ("POST", f"/api/push/schedule/{id_}/cancel", None),
        ("DELETE", f"/api/push/schedule/{id_}", None), ("DELETE", f"/api/segmentation/appuser/{device}?appId=2", None),
    ]  # fmt: skip
    for method, path, body in calls:
        answer = server.call(method, path, body)
        assert answer.status in (200, 201), (method, path, answer)
        assert isinstance(javascript.parse(answer), dict)


Failing = Callable[[World], Answer]


def _as_admin(world: World, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Answer:
    headers = [("Authorization", f"Bearer {world.token()}"), ("Content-Type", kind)]
    return exchange(world.api, method, path, headers, body)


def _overloaded(world: World) -> Answer:
    world = World(Intake(waiting=0))
    world.add_reported("5" * 24, "alias1")
    said = {"device": "alias1", "schedule": "5" * 24, "action": "open", "platform": "ios"}
    return _as_admin(world, "POST", "/api/push/schedule/activity", as_json(said))


def _broken(error: Exception) -> Failing:
    def fail(world: World) -> Answer:
        world.ports.apps.broken = error
        return Server(world, "admin").schedule()

    return fail


FAILURES: dict[int, Failing] = {
    400: lambda world: _as_admin(world, "POST", "/api/push/schedule", b"{"),
    401: lambda world: exchange(world.api, "GET", "/api/push/schedule"),
    403: lambda world: Server(world, "editor").call("GET", "/api/core/app"),
    404: lambda world: Server(world).call("GET", "/api/push/schedule/" + "0" * 24),
    405: lambda world: Server(world).call("DELETE", "/api/push/schedule"),
    409: lambda world: Server(world).call("POST", f"/api/push/schedule/{Server(world).posted()['id']}/send"),
    412: lambda world: Server(world).call(
        "DELETE", f"/api/push/schedule/{Server(world).posted()['id']}", None, **{"If-Match": '"9"'}
    ),
    413: lambda world: _as_admin(world, "POST", "/api/push/schedule", b" " * (MAX_BYTES + 1)),
    415: lambda world: _as_admin(world, "POST", "/api/push/schedule", b"<a/>", "text/xml"),
    422: lambda world: Server(world).schedule(name="", sendOn="now", aliases=[1]),
    429: _overloaded,
    500: _broken(RuntimeError()),
    503: _broken(Unavailable("the store does not answer")),
}


@pytest.mark.parametrize("status", FAILURES)
def test_every_error_carries_halos_object_with_texts_alone_or_ios_crashes(world: World, status: int) -> None:
    answer = FAILURES[status](world)
    assert answer.status == status
    error = ios.failure(answer)
    assert error["message"]
    assert (len(error["extra"]) >= 3) is (status == 422)


@pytest.mark.parametrize("status", FAILURES)
def test_the_same_document_is_a_problem_of_rfc_9457(world: World, status: int) -> None:
    answer = FAILURES[status](world)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "code", "errors", "error"} == set(body)
    assert (body["status"], body["error"]["message"]) == (status, body["detail"])
    assert all(set(each) == {"pointer", "message"} for each in body["errors"])


@pytest.mark.parametrize("token", [None, "made-up", "expired"])
def test_a_missing_unknown_or_expired_token_is_401_so_that_phones_log_in(world: World, token: str | None) -> None:
    phone = Android(world)
    if token == "expired":
        phone.log_in()
        world.ports.clock.pass_ms(ACCESS_MS)
    else:
        phone.token = token
    phone.log.clear()
    assert phone.sync()["id"]
    assert [(path, status) for _, path, status in phone.log] == [
        ("/api/segmentation/appuser/", 401), ("/api/oauth/token?_app", 200), ("/api/segmentation/appuser/", 201),
    ]  # fmt: skip


def test_too_few_rights_are_403_since_a_401_would_make_sdks_log_in_for_ever(world: World) -> None:
    phone = Android(world)
    phone.log_in()
    phone.log.clear()
    assert phone.call("GET", "/api/push/schedule").status == 403
    assert len(phone.log) == 1


def test_browsers_may_call_with_the_methods_and_headers_of_the_sdk(world: World) -> None:
    page = JavaScript(world)
    page.log_in()
    device = page.sync()
    assert page.sync(id=device["id"], email="ann@example.com")["email"] == "ann@example.com"


def test_an_operator_says_which_origins_may_call() -> None:
    JavaScript(World(allowed_origins=f"https://other.example,{javascript.ORIGIN}")).log_in()
    with pytest.raises(Exception, match="Failed to fetch"):
        JavaScript(World(allowed_origins="https://other.example")).log_in()


@pytest.mark.parametrize("body", [b"", b"{}", b'{"any": ["thing"]}'], ids=["none", "empty", "any"])
def test_a_get_may_have_a_content_type_a_body_and_a_to_cache_header(server: Server, body: bytes) -> None:
    server.log_in()
    headers = [("to-cache", "86400"), ("Content-Type", "application/json"), ("Authorization", f"Bearer {server.token}")]
    assert exchange(server.api, "GET", "/api/push/schedule/", headers, body).status == 200


def test_ios_reads_its_device_with_a_body_in_the_get(world: World) -> None:
    phone = IOS(world)
    assert phone.sync() == phone.fetch()


def test_moments_of_a_client_may_have_fractions_and_are_not_believed(world: World) -> None:
    phone = IOS(world)
    assert phone.sync(createdAt=1_476_090_159_082.5)["createdAt"] == world.ports.clock.now()


@pytest.mark.parametrize("header", ["Authorization", "Authentication"])
def test_the_token_may_stand_in_the_header_that_halos_page_prints(server: Server, header: str) -> None:
    server.log_in()
    assert exchange(server.api, "GET", "/api/push/schedule", [(header, f"Bearer {server.token}")]).status == 200


def test_a_list_is_a_page_with_halos_five_numbers(server: Server) -> None:
    names = [server.posted(name=name)["name"] for name in ("first", "second", "third")]
    page = server.call("GET", "/api/push/schedule?page=2&limit=2").json()
    assert page["pagination"] == {"page": 2, "limit": 2, "offset": 2, "totalItems": 3, "totalPages": 2}
    assert len(page["items"]) == 1
    assert page["items"][0]["name"] in names


def test_with_skip_a_list_is_a_bare_array(server: Server) -> None:
    made = server.posted()
    assert [item["id"] for item in server.call("GET", "/api/push/schedule?skip=true").json()] == [made["id"]]


def test_a_cursor_leads_from_page_to_page_without_a_gap_or_a_repeat(server: Server) -> None:
    made = {server.posted()["id"] for _ in range(5)}
    seen: list[str] = []
    query: str | None = "limit=2"
    while query:
        page = server.call("GET", f"/api/push/schedule?{query}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["pagination"].get("nextCursor")
        query = cursor and f"limit=2&cursor={cursor}"
    assert (len(seen), set(seen)) == (5, made)


def test_totals_are_left_out_where_counting_costs_more_than_it_tells(world: World, server: Server) -> None:
    server.posted()
    world.ports.schedules.uncountable = True
    pagination: dict[str, Any] = server.call("GET", "/api/push/schedule").json()["pagination"]
    assert "totalItems" not in pagination
    assert "totalPages" not in pagination


def test_apps_ask_at_their_start_for_the_oldest_version_that_works(world: World) -> None:
    current = exchange(world.api, "GET", "//api/authentication/version/current")
    assert android.gson(android.VERSION, current.json())["minAndroid"]
    every = exchange(world.api, "GET", "/api/authentication/version/", [("Content-Type", "application/json")], b"{}")
    assert ios.cast(ios.VERSIONS, json.loads(every.body)) == []
