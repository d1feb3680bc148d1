"""What the stack consists of: the command, environment and readiness of every part, and the order of stopping."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from infra.local.environment import AUDIENCE, invoker
from infra.local.firestore import Emulator
from infra.local.ports import HOST, Ports

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("api", "send", "deliver", "sweep", "work", "ingest")


class Probe(NamedTuple):
    """A part answers when this URL does: with 200, or with anything below 500 where only "somebody is there" counts."""

    url: str
    any_answer: bool = False


@dataclass(frozen=True)
class Part:
    """`after` names the parts that must answer before this one starts; parts stop from the highest tier down.

    Without a probe a part is ready when it runs; one that runs `once` is ready when it ended with exit code 0.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    where: str
    tier: int
    probe: Probe | None = None
    after: tuple[str, ...] = ()
    restarts: bool = True
    once: bool = False
    directory: Path = ROOT


def firestore(emulator: Emulator, port: int, data: Path | None, environment: Mapping[str, str]) -> Part:
    """Never restarted: its data died with it."""
    command = emulator.command(HOST, port, data)
    probe = Probe(f"http://{HOST}:{port}/")
    return Part("firestore", command, environment, f"{HOST}:{port}", 0, probe, restarts=False)


def fcm(port: int, environment: Mapping[str, str]) -> Part:
    command = _python("infra.local.fcm", "--host", HOST, "--port", str(port))
    url = f"http://{HOST}:{port}"
    return Part("fcm", command, environment, f"{url}/", 1, Probe(f"{url}/health"))


def auth(port: int, state: Path, project: str, environment: Mapping[str, str]) -> Part:
    options = {"--host": HOST, "--port": str(port), "--state": str(state / "users.json"), "--project": project}
    command = _python("infra.local.auth", *(word for pair in options.items() for word in pair))
    return Part("auth", command, environment, f"{HOST}:{port}", 1, Probe(f"http://{HOST}:{port}/health"))


def sns(port: int, environment: Mapping[str, str]) -> Part:
    """moto in server mode; it keeps its state in memory, and endpoints that it forgot are made anew."""
    url = f"http://{HOST}:{port}/moto-api/"
    command = _python("moto.server", "-H", HOST, "-p", str(port))
    return Part("sns", command, environment, url, 1, Probe(url))


def function(name: str, port: int, environment: Mapping[str, str]) -> Part:
    """One of our functions, run as Google runs it. The private ones answer a stranger with 401: they are there."""
    options = {"--target": name, "--source": "main.py", "--signature-type": "http", "--host": HOST, "--port": str(port)}
    command = _python("functions_framework", *(word for pair in options.items() for word in pair))
    url = f"http://{HOST}:{port}/"
    probe = Probe(f"{url}api/health") if name == "api" else Probe(url, any_answer=True)
    # Google's platform says so in the environment: an instance then loads its own function before it is asked.
    told = {**environment, "FUNCTION_TARGET": name}
    return Part(name, command, told, url, 2, probe, directory=ROOT / "functions")


def tasks(ports: Ports, state: Path, identity: Path, environment: Mapping[str, str], after: tuple[str, ...]) -> Part:
    """Started when the functions answer, since the tasks that it kept go out at once."""
    options = {
        "--host": HOST, "--port": str(ports.tasks), "--control-port": str(ports.tasks_control),
        "--state": str(state / "tasks.sqlite"), "--identity": str(identity),
    }  # fmt: skip
    command = _python("infra.local.tasks", *(word for pair in options.items() for word in pair))
    probe = Probe(f"http://{HOST}:{ports.tasks_control}/health")
    return Part("tasks", command, environment, f"{HOST}:{ports.tasks}", 3, probe, after)


def setup(ports: Ports, secrets: Path, firestore: str, environment: Mapping[str, str]) -> Part:
    """Makes the queues and what is stored at first. It waits for both emulators itself, its imports done."""
    options = {
        "--secrets": str(secrets), "--firestore": f"http://{firestore}/",
        "--tasks": f"http://{HOST}:{ports.tasks_control}/health",
        "--send": str(ports.send), "--deliver": str(ports.deliver), "--work": str(ports.work),
    }  # fmt: skip
    command = _python("infra.local.setup", *(word for pair in options.items() for word in pair))
    with_functions = {**environment, "PYTHONPATH": str(ROOT / "functions")}
    return Part("setup", command, with_functions, "queues, app, administrator", 4, once=True)


def clock(sweep: int, every: float, project: str, identity: Path, environment: Mapping[str, str]) -> Part:
    options = {
        "--url": f"http://{HOST}:{sweep}/", "--every": str(every), "--audience": AUDIENCE,
        "--email": invoker(project), "--identity": str(identity), "--name": "sweep",
    }  # fmt: skip
    command = _python("infra.local.scheduler", *(word for pair in options.items() for word in pair))
    return Part("clock", command, environment, f"calls sweep every {every:g} s", 4, after=("setup", "sweep"))


def triggers(ingest: int, project: str, firestore: str, identity: Path, environment: Mapping[str, str]) -> Part:
    """Whatever is written by hand reaches `ingest`, as Eventarc would have it."""
    options = {
        "--url": f"http://{HOST}:{ingest}/", "--project": project, "--audience": AUDIENCE, "--email": invoker(project),
        "--identity": str(identity),
    }  # fmt: skip
    command = _python("infra.local.triggers", *(word for pair in options.items() for word in pair))
    with_firestore = {**environment, "FIRESTORE_EMULATOR_HOST": firestore}
    where = "tells ingest of what is written in the console"
    return Part("triggers", command, with_firestore, where, 4, after=("setup", "ingest"))


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
