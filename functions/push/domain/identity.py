"""How an app's users prove who they are: to Firebase Authentication, which keeps what they prove it with.

WrongCredentials  403  a wrong password or token, an unknown email or a disabled account: nobody is told which
EmailTaken        409  somebody has the email already
NotSetUp          409  the app's Firebase project cannot do this yet
"""

from enum import StrEnum
from typing import NamedTuple

from push.domain.errors import Conflict, Forbidden


class Network(StrEnum):
    """HALO's word for who vouches: `halo` is an email and a password."""

    HALO = "halo"
    FACEBOOK = "facebook"
    GOOGLE = "google"


class PasswordProof(NamedTuple):
    email: str
    password: str


class TokenProof(NamedTuple):
    """What the network's own SDK gave to the phone."""

    network: Network
    token: str


Proof = PasswordProof | TokenProof


class Directory(NamedTuple):
    """Whose accounts are meant: a Firebase project's, and the Web API key that speaks for it, which is no secret."""

    project: str
    api_key: str


class Identity(NamedTuple):
    """An account at Firebase. `email` is "" where it has none; unless `verified`, anybody may have typed it."""

    uid: str
    email: str = ""
    verified: bool = False
    display_name: str | None = None
    photo_url: str | None = None


class WrongCredentials(Forbidden):
    """Not 401: the app's own token is good, and phones log in again and again on a 401."""

    code = "wrong-credentials"

    def __init__(self) -> None:
        super().__init__("these credentials are not good: check them, or register first")


class EmailTaken(Conflict):
    code = "email-taken"


class NotSetUp(Conflict):
    code = "not-set-up"
