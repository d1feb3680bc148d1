"""Accounts, in memory."""

from push.domain.account import Account


class FakeAccounts:
    def __init__(self) -> None:
        self.stored: dict[str, Account] = {}

    async def get(self, username: str) -> Account | None:
        return self.stored.get(_name(username))

    async def put(self, account: Account) -> None:
        self.stored[_name(account.username)] = account


def _name(username: str) -> str:
    return username.strip().casefold()
