from collections.abc import Callable
from typing import NamedTuple, Protocol

from push.domain.account import Caller
from push.domain.family import Family
from push.ports.versions import Before


class Passwords(Protocol):
    """Slow hashes, a bounded number at a time."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, hash: str | None, password: str) -> bool:
        """Takes as long for a name that does not exist (hash None)."""


class Attempts(Protocol):
    """Wrong passwords and secrets, by the name they were tried with (without case), whether it exists or not."""

    async def failures(self, name: str, now: int) -> tuple[int, ...]:
        """When the last ones within domain.attempts.WINDOW_MS were, oldest first; at most MOST of them."""

    async def failed(self, name: str, now: int) -> None:
        """One more. Of several at once each counts."""


class IssuedTokens(NamedTuple):
    access: str
    refresh: str
    expires_in_ms: int


class Tokens(Protocol):
    """Access and refresh tokens of our own."""

    def issue(self, caller: Caller, now: int) -> IssuedTokens: ...

    def read_access(self, token: str, now: int) -> Caller:
        """Raises Unauthenticated for anything but a good, unexpired access token of ours."""

    def read_refresh(self, token: str, now: int) -> Caller: ...


class RefreshTokens(Protocol):
    """Families of refresh tokens; a family is forgotten some time after its `expire_at`."""

    async def start(self, family: Family) -> None: ...

    async def change(self, id: str, decide: Callable[[Family], Family]) -> Before[Family] | None:
        """Stores what `decide` makes of it, atomically; None for an unknown one. `decide` may be called again."""


class Outsider(NamedTuple):
    """Somebody whom another issuer vouches for: `subject` names the issuer too. `role` is None where nobody gave one,
    and `missing` then says what would."""

    subject: str
    role: str | None
    missing: str = ""


class Outsiders(Protocol):
    """Bearers of tokens that are not ours, and that the deployment accepts."""

    def claims(self, token: str) -> bool:
        """Whether the token says that it is of an issuer who is accepted. Nothing is verified."""

    async def verify(self, token: str) -> Outsider:
        """Raises Unauthenticated for anything but a good, unexpired token of that issuer for us."""


class Invokers(Protocol):
    async def verify(self, token: str) -> None:
        """Raises Unauthenticated unless this is an OIDC token of the deployment's own invoker."""
