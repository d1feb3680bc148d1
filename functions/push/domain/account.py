"""Accounts: the people and servers who log in, and what their roles allow."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Right(StrEnum):
    """HALO's permissions, in its order."""

    TEMPLATES = "push-templates"
    NOTIFICATIONS = "push-notifications"
    SEGMENTED = "segmented-push"
    CONTENT = "push-with-content"
    TAGS = "tags"
    DEVICES = "devices"
    APP_USERS = "app-users"
    APPS = "apps"
    USERS = "users"
    ROLES = "roles"
    STATISTICS = "statistics"


_EDITOR = frozenset({Right.NOTIFICATIONS, Right.SEGMENTED, Right.CONTENT})
ADMIN = "admin"
ROLES: dict[str, frozenset[Right]] = {
    ADMIN: frozenset(Right),
    "manager": _EDITOR | {Right.TEMPLATES, Right.TAGS, Right.DEVICES, Right.APP_USERS, Right.STATISTICS},
    "editor": _EDITOR,
}


class Account(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    username: str
    password_hash: str
    role: str
    created_at: int
    disabled: bool = False
    ip_ranges: tuple[str, ...] = ()
    # Tokens carry the one of their account: another one, and all that were issued before are void.
    stamp: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether it can let others in again."""
        return self.role == ADMIN and not self.disabled


class Caller(BaseModel):
    """Who a request speaks for: an app's client, an identified user of an app, or an account with a role.

    `rights` are what the role allows at this moment: resolved once a request, and never part of a token.
    """

    model_config = ConfigDict(frozen=True)

    subject: str
    app: int | None = None
    user: str | None = None
    role: str | None = None
    # Another issuer vouches for it: it has no account here.
    outsider: bool = False
    stamp: str = ""
    # The refresh tokens that a token of ours belongs to, and its place among them.
    family: str = ""
    number: int = 0
    rights: frozenset[Right] = frozenset()

    @property
    def is_app(self) -> bool:
        """Whether it speaks for one app only, be it as a client or as a user of it."""
        return self.app is not None

    def may(self, right: Right) -> bool:
        """What an account's role allows. An app's client has no rights of this kind."""
        return right in self.rights
