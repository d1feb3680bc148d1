"""Identifiers: random ones that clients see, and keyed hashes that name documents."""

import hashlib
import hmac
import re
import secrets

_PLAUSIBLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")


def new_id() -> str:
    """24 lower-case hex digits (96 random bits): HALO's shape, and not to be guessed."""
    return secrets.token_hex(12)


def plausible(id: str) -> bool:
    """Whether a document may have this id. One that no document can have need not, and cannot, be looked up."""
    return _PLAUSIBLE.fullmatch(id) is not None


def new_alias() -> str:
    """An alias made by the server: `anonymous-` and 128 random bits."""
    return f"anonymous-{secrets.token_hex(16)}"


class Keys:
    """Document keys: HMAC-SHA-256 under the deployment's pepper, 32 hex digits, evenly spread.

    A key says nothing of what it was made from, and two documents for one alias or target cannot exist.
    """

    def __init__(self, pepper: str) -> None:
        self._pepper = pepper.encode()

    def device(self, alias: str) -> str:
        return self._key("device", alias)

    def target(self, kind: str, value: str) -> str:
        return self._key("target", f"{kind}:{value}")

    def account(self, username: str) -> str:
        """Names of accounts compare without case."""
        return self._key("account", username.strip().casefold())

    def login(self, app: int, kind: str, value: str) -> str:
        """What an identified user of an app is found by."""
        return self._key("login", f"{app}:{kind}:{value}")

    def user(self, id: str) -> str:
        """An identified user, where a failure must say that nobody was there."""
        return self._key("user", id)

    def attempts(self, name: str) -> str:
        return self._key("attempts", name.strip().casefold())

    def bucket(self, name: str) -> str:
        return self._key("bucket", name)

    def _key(self, kind: str, value: str) -> str:
        message = f"{kind}\0{value}".encode()
        return hmac.new(self._pepper, message, hashlib.sha256).hexdigest()[:32]
