"""Whose address a request has: what Google's front end and one's own load balancer add, never what the client says."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from push.entrypoints.api.addresses import client_address

CLIENT, CLAIMED, BALANCER = "192.0.2.7", "198.51.100.1", "203.0.113.9"


def seen(proxies: int, *forwarded: str) -> str | None:
    app = SimpleNamespace(state=SimpleNamespace(proxies=proxies))
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return client_address(Request({"type": "http", "app": app, "headers": headers, "client": ("127.0.0.1", 5)}))


@pytest.mark.parametrize(
    "forwarded", [[CLIENT], [f"{CLAIMED}, {CLIENT}"], [CLAIMED, CLIENT], [f"{CLAIMED},,{CLIENT} "]]
)
def test_without_a_load_balancer_the_last_address_counts(forwarded: list[str]) -> None:
    assert seen(0, *forwarded) == CLIENT


@pytest.mark.parametrize(
    "forwarded", [[f"{CLIENT}, {BALANCER}"], [f"{CLAIMED}, {CLIENT},{BALANCER}"], [CLAIMED, f"{CLIENT},{BALANCER}"]]
)
def test_behind_a_load_balancer_it_is_the_one_before_its_own(forwarded: list[str]) -> None:
    assert seen(1, *forwarded) == CLIENT


def test_what_did_not_come_through_the_load_balancer_has_no_address() -> None:
    assert seen(1, CLAIMED) is None


def test_without_a_front_end_it_is_the_peers() -> None:
    assert seen(0) == seen(1) == "127.0.0.1"
