"""Passwords, tokens and invokers without cryptography."""

import json

from push.domain.account import Caller
from push.domain.errors import BadToken
from push.ports import IssuedTokens, Outsider

ACCESS_MS = 86_400_000
REFRESH_MS = 365 * ACCESS_MS


class FakePasswords:
    """`asked` counts, so that a test can say that an unknown name was checked like a known one."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    async def hash(self, password: str) -> str:
        return f"hashed {password}"

    async def verify(self, hash: str | None, password: str) -> bool:
        self.asked.append(hash)
        return hash == f"hashed {password}"


class FakeTokens:
    """Tokens that anybody can read: their caller, their use and their end, as JSON in hex."""

    def issue(self, caller: Caller, now: int) -> IssuedTokens:
        return IssuedTokens(
            self._token(caller, "access", now + ACCESS_MS), self._token(caller, "refresh", now + REFRESH_MS), ACCESS_MS
        )

    def read_access(self, token: str, now: int) -> Caller:
        return self._read(token, "access", now)

    def read_refresh(self, token: str, now: int) -> Caller:
        return self._read(token, "refresh", now)

    def _token(self, caller: Caller, use: str, ends: int) -> str:
        return json.dumps([caller.model_dump(exclude={"rights"}), use, ends]).encode().hex()

    def _read(self, token: str, use: str, now: int) -> Caller:
        try:
            caller, for_, ends = json.loads(bytes.fromhex(token))
        except (ValueError, TypeError):
            raise BadToken("not one of ours") from None
        if for_ != use or now >= ends:
            raise BadToken("expired, or for something else")
        return Caller.model_validate(caller)


class FakeOutsiders:
    """`known` by token. One that begins with "outside" says that it is of an accepted issuer."""

    def __init__(self) -> None:
        self.known: dict[str, Outsider] = {}

    def claims(self, token: str) -> bool:
        return token.startswith("outside")

    async def verify(self, token: str) -> Outsider:
        if token not in self.known:
            raise BadToken("not a good one")
        return self.known[token]


class FakeInvokers:
    """`good` is the one token it takes."""

    def __init__(self, good: str = "the invoker's") -> None:
        self.good = good

    async def verify(self, token: str) -> None:
        if token != self.good:
            raise BadToken("not the invoker's")
