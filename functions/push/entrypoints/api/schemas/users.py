"""Identified users on the wire: the SDKs read texts, so what is not known is an empty one."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from push.domain.identity import Network, PasswordProof, Proof, TokenProof
from push.domain.user import EMAIL_LENGTH, NAME_LENGTH, URL_LENGTH, User
from push.entrypoints.api.schemas.tokens import TokenOut, token_out
from push.entrypoints.api.schemas.wire import Alias, Answer, Wire, absent_if_empty, at_most_bytes
from push.usecases.identify_user import Profile
from push.usecases.login_user import LoggedIn

_Network = Annotated[Network, BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)]
_Secret = Annotated[str, Field(min_length=1, max_length=4_096), at_most_bytes(4 * 4_096)]
Email = Annotated[str, Field(min_length=1, max_length=EMAIL_LENGTH), at_most_bytes(4 * EMAIL_LENGTH)]
Name = Annotated[str, Field(max_length=NAME_LENGTH), at_most_bytes(4 * NAME_LENGTH)]
Url = Annotated[str, Field(max_length=URL_LENGTH), at_most_bytes(4 * URL_LENGTH)]


_TEXT: Any = {"type": "string", "minLength": 1}
_WITH_PASSWORD: Any = {
    "required": ["email", "password"],
    "properties": {"network": {"const": Network.HALO.value}, "email": _TEXT, "password": _TEXT},
}
_WITH_TOKEN: Any = {
    "required": ["network", "token"],
    "properties": {"network": {"enum": [Network.FACEBOOK.value, Network.GOOGLE.value]}, "token": _TEXT},
}


class LoginIn(Wire):
    """With `halo` an email and its password, with another network the token that its SDK gave. `deviceId` is the
    device's alias."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_WITH_PASSWORD, _WITH_TOKEN]})

    network: _Network = Network.HALO
    email: Annotated[Email | None, BeforeValidator(absent_if_empty)] = None
    password: Annotated[_Secret | None, BeforeValidator(absent_if_empty)] = None
    token: Annotated[_Secret | None, BeforeValidator(absent_if_empty)] = None
    device_id: Annotated[Alias | None, BeforeValidator(absent_if_empty)] = None

    @model_validator(mode="after")
    def _can_be_proven(self) -> "LoginIn":
        if self.network is Network.HALO and not (self.email and self.password):
            raise ValueError("must have an email and a password, or another network and its token")
        if self.network is not Network.HALO and not self.token:
            raise ValueError(f"must have the token that {self.network.value} gave")
        return self

    def proof(self) -> Proof:
        if self.email and self.password and self.network is Network.HALO:
            return PasswordProof(self.email, self.password)
        return TokenProof(self.network, self.token or "")


class ProfileIn(Wire):
    email: Email
    name: Name = ""
    surname: Name = ""
    display_name: Annotated[Name | None, BeforeValidator(absent_if_empty)] = None
    photo_url: Annotated[Url | None, BeforeValidator(absent_if_empty)] = None

    def profile(self) -> Profile:
        return Profile(**self.model_dump())


class RegisterIn(Wire):
    """`auth.email` and `profile.email` are the same."""

    auth: LoginIn
    profile: ProfileIn


class UserOut(Answer):
    """What an app is told of its user."""

    id: str
    email: str
    name: str
    surname: str
    display_name: str
    photo_url: str


class LoggedInOut(Answer):
    """`token` is what `oauth/token` answers, and is refreshed there."""

    user: UserOut
    token: TokenOut


def user_out(user: User) -> UserOut:
    return UserOut(**told(user))


def logged_in_out(logged_in: LoggedIn) -> LoggedInOut:
    return LoggedInOut(user=user_out(logged_in.user), token=token_out(logged_in.granted))


def told(user: User) -> dict[str, Any]:
    """The fields of a UserOut."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "surname": user.surname,
        "display_name": user.display_name or f"{user.name} {user.surname}".strip(),
        "photo_url": user.photo_url or "",
    }
