"""One stack, decided: which parts, where they listen, what they know. Nothing runs yet."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import environment, parts
from infra.local.exports import Exports
from infra.local.firestore import Emulator, External, find
from infra.local.parts import Part
from infra.local.ports import HOST, Ports
from infra.local.secrets import Secrets, load_or_create
from infra.local.stackfile import ADMIN, APP_ID, Addresses, AdminAccess, AppAccess

PROJECT = "halo-local"
SWEEP_EVERY = 10.0  # seconds; a minute in a deployment


@dataclass(frozen=True)
class Plan:
    """`environment` is that of the functions; without `exports` somebody else keeps the data."""

    state: Path
    parts: list[Part]
    addresses: Addresses
    environment: Mapping[str, str]
    exports: Exports | None

    def log(self, name: str) -> Path:
        return self.state / "logs" / f"{name}.log"


def draw(
    state: Path,
    ports: Ports,
    emulator: Emulator | External,
    surroundings: Mapping[str, str],
    project: str = PROJECT,
    sweep_every: float = SWEEP_EVERY,
) -> Plan:
    """The stack in `state` (made where missing) on these ports; `surroundings` is the environment it starts from."""
    state = state.resolve()
    secrets_file = state / "secrets.json"
    secrets = load_or_create(secrets_file)
    identity = state / secrets.identity
    exports = Exports(state / "firestore") if isinstance(emulator, Emulator) else None
    firestore = emulator.host if isinstance(emulator, External) else f"{HOST}:{ports.firestore}"
    common = environment.of_parts(surroundings, state)
    functions = environment.of_functions(surroundings, state, project, ports, firestore, secrets)
    chosen: list[Part] = []
    if isinstance(emulator, Emulator) and exports:
        chosen.append(parts.firestore(emulator, ports.firestore, exports.latest(), common))
    chosen.append(parts.fcm(ports.fcm, common))
    chosen.append(parts.auth(ports.auth, state, project, common))
    amazon = environment.region_of_sns(surroundings) != ""
    if amazon:
        chosen.append(parts.sns(ports.sns, common))
    for name in parts.FUNCTIONS:
        own = _runtime_directory(state, name)
        chosen.append(parts.function(name, getattr(ports, name), functions | {"XDG_RUNTIME_DIR": str(own)}))
    before_tasks = tuple(part.name for part in chosen)
    chosen.append(parts.tasks(ports, state, identity, common, before_tasks))
    chosen.append(parts.setup(ports, secrets_file, firestore, functions))
    chosen.append(parts.triggers(ports.ingest, project, firestore, identity, common))
    chosen.append(parts.clock(ports.sweep, sweep_every, project, identity, common))
    return Plan(state, chosen, _addresses(ports, firestore, project, secrets, amazon), functions, exports)


def found() -> Emulator | External:
    """The Firestore emulator of this machine. Raises CannotStart."""
    return find(os.environ, Path.home())


def start_logs(plan: Plan) -> None:
    """Every part begins a log of its own; the last one is kept beside it."""
    for part in plan.parts:
        log = plan.log(part.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            shutil.move(log, log.with_suffix(".log.1"))
        log.touch()


def _runtime_directory(state: Path, name: str) -> Path:
    """Where gunicorn puts its control socket: one directory each, or four masters fight over one in the home."""
    directory = state / "run" / name
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory


def _addresses(ports: Ports, firestore: str, project: str, secrets: Secrets, amazon: bool) -> Addresses:
    return Addresses(
        api=f"http://{HOST}:{ports.api}/",
        fcm=f"http://{HOST}:{ports.fcm}",
        tasks=f"{HOST}:{ports.tasks}",
        tasks_control=f"http://{HOST}:{ports.tasks_control}",
        firestore=firestore,
        auth=f"{HOST}:{ports.auth}",
        sns=f"http://{HOST}:{ports.sns}" if amazon else None,
        project=project,
        app=AppAccess(app_id=APP_ID, client_id=secrets.client_id, client_secret=secrets.client_secret),
        admin=AdminAccess(username=ADMIN, password=secrets.admin_password),
    )
