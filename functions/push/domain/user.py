"""Identified users: people who log in to an app, and whose devices a notification may be sent to.

Who they are is kept here, how they prove it is kept by Firebase Authentication: no password of theirs is ever ours.
"""

import secrets
import unicodedata

from pydantic import BaseModel, ConfigDict

EMAIL_LENGTH = 320
NAME_LENGTH = 200
URL_LENGTH = 2_048


class User(BaseModel):
    """Times in ms. `email` is unique within the app, in any spelling; "" where none is known.

    `identity` is the provider's id of whoever logs in as this user; None until an imported one first does. `verified`:
    they have proven the email. Tokens carry the `stamp` of their user: another one, and all that were issued before are
    void. Whose a device is stands in the device, nowhere else.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    app: int
    email: str
    name: str = ""
    surname: str = ""
    display_name: str | None = None
    photo_url: str | None = None
    identity: str | None = None
    verified: bool = False
    stamp: str = ""
    disabled: bool = False
    created_at: int
    updated_at: int

    @property
    def logins(self) -> tuple[tuple[str, str], ...]:
        """What it is found by, each of which one user of an app may have."""
        by_email = (("email", fold_email(self.email)),) if self.email else ()
        by_identity = (("identity", self.identity),) if self.identity else ()
        return (*by_email, *by_identity)


def new_user_id() -> str:
    """`identified-` and 24 hex digits, as HALO's begin."""
    return f"identified-{secrets.token_hex(12)}"


def fold_email(email: str) -> str:
    """As addresses compare: in upper or lower case, and no further. Case folding would make ss of ß, and one of two
    domains whose mail different people read (IDNA2008 keeps them apart)."""
    return unicodedata.normalize("NFC", email.strip().lower())
