"""The login that is kept between commands: `$XDG_CONFIG_HOME/halo/session.json`, for its owner's eyes only."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.halo.trouble import NotAllowed, Trouble
from infra.local.files import write_whole

LOG_IN = "Log in first: halo login --api URL (or --local, for the stack that `make run` keeps)."


@dataclass(frozen=True)
class Session:
    """`api` without a slash at its end; `expires_at` in seconds since 1970, by the clock of this machine."""

    api: str
    username: str
    access: str
    refresh: str
    expires_at: float


class SessionFile:
    """There whole or not at all. Who changes it holds the lock, and reads it again first: refresh tokens are good
    once, so two commands that both refreshed the same one would look like a thief."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "session.json"

    def read(self) -> Session | None:
        """Raises NotAllowed for a file that is none of ours, or damaged."""
        try:
            return Session(**json.loads(self._path.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            raise NotAllowed(f"{self._path} cannot be read. {LOG_IN}") from None

    def write(self, session: Session) -> None:
        write_whole(self._path, json.dumps(asdict(session), indent=2) + "\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Waits until no other command holds it; the system takes it back from one that died."""
        directory = self._path.parent
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
            file = (directory / "session.lock").open("a")
        except OSError as error:
            raise Trouble(f"{directory} cannot be written to: {error.strerror}.") from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
