"""Ports: defaults, choices and clashes."""

import socket
from dataclasses import asdict, replace

import pytest

from infra.local.ports import HOST, check_free, chosen, counted_from, free
from infra.local.trouble import CannotStart

DEFAULTS = counted_from(8080)


def test_the_defaults_count_from_8080() -> None:
    assert asdict(DEFAULTS) == {
        "api": 8080, "send": 8081, "deliver": 8082, "sweep": 8083, "work": 8084,
        "fcm": 8085, "tasks": 8086, "tasks_control": 8087, "firestore": 8088, "auth": 8089,
        "sns": 8090, "ingest": 8091,
    }  # fmt: skip


def test_one_base_moves_all() -> None:
    assert counted_from(9000).firestore == 9008


def test_one_port_is_set_by_environment_and_an_option_wins() -> None:
    environment = {"HALO_PORT_API": "9999", "HALO_PORT_TASKS_CONTROL": "7000"}
    assert chosen(DEFAULTS, {"api": 1234, "fcm": None}, environment) == replace(DEFAULTS, api=1234, tasks_control=7000)


@pytest.mark.parametrize(("port", "told"), [("0", "0 is no port for api"), ("web", "HALO_PORT_API is 'web'")])
def test_what_is_no_port_is_refused(port: str, told: str) -> None:
    with pytest.raises(CannotStart, match=told):
        chosen(DEFAULTS, {}, {"HALO_PORT_API": port})


def test_two_parts_cannot_share_a_port() -> None:
    with pytest.raises(CannotStart, match="Port 8080 is given to api and to fcm: set --fcm-port to another"):
        chosen(DEFAULTS, {"fcm": 8080}, {})


def test_a_taken_port_is_named_with_its_part_and_the_way_out() -> None:
    ports = free()
    with socket.create_server((HOST, ports.tasks_control)), pytest.raises(CannotStart) as refused:
        check_free(ports)
    assert f"Port {ports.tasks_control}, where tasks_control would listen, is taken" in str(refused.value)
    assert "--tasks-control-port or HALO_PORT_TASKS_CONTROL" in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_part_that_does_not_start_needs_no_port() -> None:
    ports = free()
    with socket.create_server((HOST, ports.firestore)):
        check_free(ports, frozenset({"firestore"}))


def test_free_ports_are_free_and_different() -> None:
    ports = free()
    check_free(ports)
    assert len(set(asdict(ports).values())) == 12
