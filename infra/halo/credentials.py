"""Who asks: a login that is kept, or one of a script that says name and password with each command."""

from collections.abc import Mapping
from typing import Any, Protocol

from infra.halo import problems
from infra.halo.session import LOG_IN, Session, SessionFile
from infra.halo.surroundings import Surroundings
from infra.halo.trouble import NotAllowed, Trouble, Usage
from infra.halo.wire import Wire, normal

# Access tokens live for a day; a request on its way must not see its token expire.
_AHEAD_S = 300


class Credentials(Protocol):
    @property
    def address(self) -> str: ...

    def token(self, wire: Wire) -> str:
        """An access token that is good for a while. Raises NotAllowed."""

    def renewed(self, bad: str, wire: Wire) -> str:
        """Another one, after the API did not take `bad`. Raises NotAllowed."""


def credentials(around: Surroundings) -> Credentials:
    """Raises Usage for an environment that says half of it, NotAllowed where nobody is logged in."""
    said = {name: around.environment.get(name, "") for name in ("HALO_API", "HALO_USERNAME", "HALO_PASSWORD")}
    if said["HALO_PASSWORD"]:
        missing = " and ".join(name for name, value in said.items() if not value)
        if missing:
            raise Usage(f"HALO_PASSWORD is set, and {missing} is not: set all three, or none and `halo login`.")
        return ScriptLogin(*said.values())
    session = SessionFile(around.directory).read()
    if session is None:
        raise NotAllowed(LOG_IN)
    if said["HALO_API"] and normal(said["HALO_API"]) != session.api:
        elsewhere = normal(said["HALO_API"])
        raise NotAllowed(f"HALO_API is {elsewhere}, and you are logged in at {session.api}: log in there.")
    return KeptLogin(session, around)


def log_in(wire: Wire, username: str, password: str, now: float) -> tuple[Session, list[str]]:
    """With the rights that it has. Raises Trouble."""
    fields = {"grant_type": "password", "username": username, "password": password}
    answer = _asked(wire, fields, again=False)
    return _session(answer, wire, username, now), str(answer["scope"]).split()


def revoke(wire: Wire, session: Session) -> None:
    """Ends what the login's tokens are good for, but for the access token, which lives out its day."""
    problems.read(wire.send("POST", "api/oauth/revoke", again=True, data={"token": session.refresh}))


class KeptLogin:
    """Refreshes what is kept, once for all commands that run at a time."""

    def __init__(self, session: Session, around: Surroundings) -> None:
        self._session = session
        self._file = SessionFile(around.directory)
        self._now = around.now

    @property
    def address(self) -> str:
        return self._session.api

    def token(self, wire: Wire) -> str:
        return self._session.access if self._fresh(self._session) else self.renewed(self._session.access, wire)

    def renewed(self, bad: str, wire: Wire) -> str:
        with self._file.locked():
            kept = self._file.read()
            if kept is None or (kept.api, kept.username) != (self._session.api, self._session.username):
                raise NotAllowed("Somebody logged out, or in elsewhere, while this command ran.")
            if kept.access == bad or not self._fresh(kept):
                kept = self._refreshed(kept, wire)
                self._file.write(kept)
            self._session = kept
        return kept.access

    def _fresh(self, session: Session) -> bool:
        return session.expires_at - self._now() > _AHEAD_S

    def _refreshed(self, kept: Session, wire: Wire) -> Session:
        fields = {"grant_type": "refresh_token", "refresh_token": kept.refresh}
        try:
            # The token before is good for a minute yet, for this very case: an answer that was lost.
            answer = _asked(wire, fields, again=True)
        except NotAllowed:
            self._file.forget()
            raise NotAllowed(f"The login of {kept.username} at {kept.api} has ended. {LOG_IN}") from None
        return _session(answer, wire, kept.username, self._now())


class ScriptLogin:
    """Logs in when first asked, and keeps nothing on the disk."""

    def __init__(self, address: str, username: str, password: str) -> None:
        self.address = normal(address)
        self._username = username
        self._password = password
        self._access: str | None = None

    def token(self, wire: Wire) -> str:
        return self._access or self.renewed("", wire)

    def renewed(self, bad: str, wire: Wire) -> str:  # noqa: ARG002  a password gives another one whatever the old was
        session, _ = log_in(wire, self._username, self._password, 0)
        self._access = session.access
        return session.access


def _asked(wire: Wire, fields: Mapping[str, str], *, again: bool) -> Any:
    return problems.read(wire.send("POST", "api/oauth/token", again=again, data=dict(fields)))


def _session(answer: Any, wire: Wire, username: str, now: float) -> Session:
    try:
        lifetime_s = int(answer["expires_in"]) / 1000
        return Session(
            wire.address, username, str(answer["access_token"]), str(answer["refresh_token"]), now + lifetime_s
        )
    except (TypeError, KeyError, ValueError):
        raise Trouble(f"{wire.address} answers no token: it does not look like HALO Push's API.") from None
