"""`.local/stack.json`, where to find a running stack, and the lock that one state directory has one stack."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from infra.local.files import write_whole
from infra.local.trouble import CannotStart

# What `seed.py` stores; not imported from there, since it brings all of Google's clients along.
APP_ID = 2
ADMIN = "admin"


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class AppAccess(_Document):
    app_id: int
    client_id: str
    client_secret: str


class AdminAccess(_Document):
    username: str
    password: str


class Addresses(_Document):
    """`api` ends in a slash; `tasks`, `firestore`, `auth` are host:port; the others URLs without a slash at the end.

    `sns` is None where the stack has no Amazon SNS.
    """

    api: str
    fcm: str
    tasks: str
    tasks_control: str
    firestore: str
    auth: str
    sns: str | None = None
    project: str
    app: AppAccess
    admin: AdminAccess


def publish(path: Path, addresses: Addresses) -> None:
    write_whole(path, addresses.model_dump_json(by_alias=True, indent=2) + "\n")


@contextmanager
def held(state: Path) -> Iterator[None]:
    """This process's right to run a stack in `state`. Raises CannotStart while another one does.

    The system takes the lock back however the process ends, so what a dead stack left behind is simply overwritten.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "stack.pid").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise CannotStart(
                f"A stack runs in {state} already (process {file.read().strip() or 'unknown'}): stop it, "
                f"or give this one a directory of its own with --state."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            (state / "stack.json").unlink(missing_ok=True)
            file.truncate(0)
