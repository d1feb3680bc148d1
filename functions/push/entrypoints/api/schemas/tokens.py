"""The token call on the wire."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from push.usecases.issue_token import Granted


class TokenIn(BaseModel):
    """Of the three grants, each takes its own fields."""

    grant_type: Literal["client_credentials", "password", "refresh_token"]
    client_id: str = Field("", description="client_credentials; also checked with refresh_token, when sent")
    client_secret: str = ""
    username: str = Field("", description="password; may be in Authorization: Basic instead")
    password: str = ""
    refresh_token: str = ""


class RevokeIn(BaseModel):
    """`token_type_hint` is not looked at: tokens say what they are."""

    token: str = Field(min_length=1, max_length=4_096)
    token_type_hint: Any = ""


class RevokedOut(BaseModel):
    """Nothing to say."""


class TokenOut(BaseModel):
    """Texts all but `expires_in`, an integer in milliseconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105  a kind, not a secret


def token_out(granted: Granted) -> TokenOut:
    tokens = granted.tokens
    return TokenOut(
        access_token=tokens.access, refresh_token=tokens.refresh, expires_in=tokens.expires_in_ms, scope=granted.scope
    )
