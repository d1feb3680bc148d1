"""The accounts, in one file that a restart finds again."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from infra.local.files import write_whole

# Enough that a file that got lost gives no password away, and quick enough for tests.
_COST = 2**12


class Account(BaseModel):
    """`providers` are accounts elsewhere, by provider id; `claims` is JSON text, as Google keeps it."""

    uid: str
    project: str
    email: str = ""
    verified: bool = False
    password: str = ""
    name: str = ""
    photo: str = ""
    disabled: bool = False
    claims: str = "{}"
    providers: dict[str, str] = {}
    created_at: int


class Accounts:
    """Of several projects. Every change is in the file before it is answered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stored = json.loads(path.read_text()) if path.exists() else []
        self._accounts = {account.uid: account for account in map(Account.model_validate, stored)}

    def get(self, project: str, uid: str) -> Account | None:
        account = self._accounts.get(uid)
        return account if account is not None and account.project == project else None

    def by_email(self, project: str, email: str) -> Account | None:
        return self._first(lambda account: account.project == project and account.email == email.lower())

    def by_provider(self, project: str, provider: str, subject: str) -> Account | None:
        return self._first(lambda a: a.project == project and a.providers.get(provider) == subject)

    def put(self, account: Account) -> Account:
        self._accounts[account.uid] = account
        self._save()
        return account

    def remove(self, account: Account) -> None:
        del self._accounts[account.uid]
        self._save()

    def _first(self, wanted: Callable[[Account], bool]) -> Account | None:
        return next((account for account in self._accounts.values() if wanted(account)), None)

    def _save(self) -> None:
        write_whole(self._path, json.dumps([account.model_dump() for account in self._accounts.values()], indent=1))


def hashed(password: str) -> str:
    salt = secrets.token_hex(16)
    return f"{salt}${_scrypt(password, salt)}"


def matches(stored: str, password: str) -> bool:
    salt, _, known = stored.partition("$")
    return bool(known) and hmac.compare_digest(_scrypt(password, salt), known)


def _scrypt(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=_COST, r=8, p=1).hex()
