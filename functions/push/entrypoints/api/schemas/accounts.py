"""Accounts on the wire. A password only ever comes in."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from push.domain.account import Account, Right
from push.domain.addresses import normal_range
from push.domain.role import in_order
from push.entrypoints.api.schemas.roles import RoleName
from push.entrypoints.api.schemas.wire import Answer, Strict, Wire, at_most_bytes
from push.usecases.create_account import NewAccount

# NIST SP 800-63B asks for 8 at least; nobody types these for an integration server, so they may be longer.
MIN_PASSWORD = 12
MAX_PASSWORD = 256
MAX_RANGES = 50


# HTTP Basic ends a name at a colon.
USERNAME = r"^[^\s:\x00-\x1f\x7f-\x9f]([^:\x00-\x1f\x7f-\x9f]*[^\s:\x00-\x1f\x7f-\x9f])?$"


def _name(value: str) -> str:
    if value != value.strip() or not value.isprintable() or ":" in value:
        raise ValueError("must have no colon (HTTP Basic ends the name at it), and no space at its ends")
    return value


def _range(value: str) -> str:
    try:
        return normal_range(value)
    except ValueError:
        raise ValueError("must be a range like 192.0.2.0/24 or 2001:db8::/32, or an address") from None


def _unique(value: list[str]) -> list[str]:
    return list(dict.fromkeys(value))


Username = Annotated[
    str, Field(min_length=1, max_length=128, json_schema_extra={"pattern": USERNAME}), AfterValidator(_name)
]
Password = Annotated[str, Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD), at_most_bytes(4 * MAX_PASSWORD)]
_Range = Annotated[str, Field(max_length=64), AfterValidator(_range)]
_Ranges = Annotated[list[_Range], Field(max_length=MAX_RANGES), AfterValidator(_unique)]


class AccountChangeIn(Strict):
    """What is left out stays as it is; `[]` lifts the IP ranges. The name cannot be changed."""

    READ_ONLY = frozenset({"id", "createdAt"})

    username: str | None = None
    role: RoleName | None = None
    ip_ranges: _Ranges | None = None
    disabled: Annotated[bool, Field(strict=True)] | None = None

    def fields(self) -> dict[str, Any]:
        ranges = None if self.ip_ranges is None else tuple(self.ip_ranges)
        said = {"role": self.role, "ip_ranges": ranges, "disabled": self.disabled}
        return {name: value for name, value in said.items() if value is not None}


class AccountIn(AccountChangeIn):
    """`ipRanges`: where it may be used from, everywhere if none is said."""

    username: Username
    password: Password
    role: RoleName

    def new(self) -> NewAccount:
        return NewAccount(self.username, self.password, self.role, self.ip_ranges or (), bool(self.disabled))


class PasswordIn(Wire):
    model_config = ConfigDict(extra="forbid")

    password: Password


class OwnPasswordIn(PasswordIn):
    old_password: Annotated[str, Field(min_length=1, max_length=4_096)]


class AccountOut(Answer):
    id: str
    username: str
    role: str
    ip_ranges: list[str]
    disabled: bool
    created_at: int


class SelfOut(AccountOut):
    """`rights`: what the role allows."""

    rights: list[Right]


def account_out(account: Account) -> AccountOut:
    return AccountOut(**_fields(account))


def self_out(account: Account, rights: frozenset[Right]) -> SelfOut:
    return SelfOut(**_fields(account), rights=list(in_order(rights)))


def _fields(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "username": account.username,
        "role": account.role,
        "ip_ranges": list(account.ip_ranges),
        "disabled": account.disabled,
        "created_at": account.created_at,
    }
