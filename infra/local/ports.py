"""The ports of the stack, all on 127.0.0.1: defaults, choices, and whether they are free."""

import random
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from infra.local.trouble import CannotStart

HOST = "127.0.0.1"
BASE = 8080
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclass(frozen=True)
class Ports:
    """`tasks` speaks gRPC; `tasks_control` is HTTP and also serves the certificates of the OIDC tokens."""

    api: int
    send: int
    deliver: int
    sweep: int
    work: int
    fcm: int
    tasks: int
    tasks_control: int
    firestore: int
    auth: int
    sns: int
    ingest: int


OFFSETS = asdict(
    Ports(
        api=0,
        send=1,
        deliver=2,
        sweep=3,
        work=4,
        fcm=5,
        tasks=6,
        tasks_control=7,
        firestore=8,
        auth=9,
        sns=10,
        ingest=11,
    )
)


def variable(name: str) -> str:
    """The environment variable that sets one port."""
    return f"HALO_PORT_{name.upper()}"


def option(name: str) -> str:
    """The option that sets one port."""
    return f"--{name.replace('_', '-')}-port"


def counted_from(base: int) -> Ports:
    return Ports(**{name: base + offset for name, offset in OFFSETS.items()})


def chosen(start: Ports, options: Mapping[str, int | None], environment: Mapping[str, str]) -> Ports:
    """`start` with single ports set: by option, else by environment. Raises CannotStart for what is no port."""
    single = {name: _number(environment[variable(name)], name) for name in OFFSETS if environment.get(variable(name))}
    single |= {name: port for name, port in options.items() if port is not None}
    ports = replace(start, **single)
    users: dict[int, str] = {}
    for name, port in asdict(ports).items():
        if not 1 <= port <= 65_535:
            raise CannotStart(f"{port} is no port for {name}: choose one from 1 to 65535.")
        if port in users:
            raise CannotStart(f"Port {port} is given to {users[port]} and to {name}: set {option(name)} to another.")
        users[port] = name
    return ports


def check_free(ports: Ports, skipped: frozenset[str] = frozenset()) -> None:
    """Raises CannotStart naming the first port that something else holds; `skipped` parts do not start."""
    for name, port in asdict(ports).items():
        if name not in skipped and not is_free(port):
            raise CannotStart(
                f"Port {port}, where {name} would listen, is taken: stop what listens there, move everything with "
                f"`make run PORT=9000`, or move {name} alone with {option(name)} or {variable(name)}."
            )


def free() -> Ports:
    """Ports that nothing uses now.

    They lie below the range from which the system gives ports to outgoing connections, or one of those could take a
    port before its part does; and in whole twenties, so that two stacks that choose at one time rarely choose the same.
    """
    top = int(_EPHEMERAL.read_text().split()[0]) if _EPHEMERAL.exists() else 32_768
    draw = random.SystemRandom()
    while True:
        found = counted_from(draw.randrange(10_000, max(top, 11_000) - 20, 20))
        if all(map(is_free, asdict(found).values())):
            return found


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that are only fading away do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise CannotStart(f"{variable(name)} is {text!r}, which is no port: choose one from 1 to 65535.")
    return int(text)
