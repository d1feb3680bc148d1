"""The key that signs this machine's OIDC tokens, where Google's own would: Cloud Tasks and Cloud Scheduler use it.

The functions check a token's signature, issuer, audience and service account here exactly as they do on Google Cloud;
only the URL of the certificates differs.
"""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://accounts.google.com"
LIFETIME = 3600  # seconds, as Google's


@dataclass(frozen=True)
class Identity:
    """One RSA key, and what is signed with it."""

    key: RSAKey

    def id_token(self, audience: str, email: str, now: float) -> str:
        """A token as Google issues for a service account, valid for one hour from `now` (seconds since 1970).

        The claims are those of *Get an ID token* (Google Cloud, Authentication): `azp` and `sub` are the account's
        numeric id, which here is derived from its email.
        """
        account = _account_id(email)
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": account,
            "sub": account,
            "email": email,
            "email_verified": True,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
        }
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self.key.kid}, claims, self.key)

    def certs(self) -> dict[str, Any]:
        """The public half as a JWK set, the shape of https://www.googleapis.com/oauth2/v3/certs."""
        return {"keys": [self.key.as_dict(private=False)]}


def load_or_create(path: Path) -> Identity:
    """The identity kept in `path`, made on first use. Processes that race here all end up with the same key."""
    if not path.exists():
        _create(path)
    return Identity(RSAKey.import_key(json.loads(path.read_text())))


def _create(path: Path) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file with mode 0600; link() publishes it whole, and only if nobody was faster.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(key.as_dict(private=True), file)
        Path(path).hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()


def _account_id(email: str) -> str:
    """21 digits, the same ones for the same email."""
    return str(10**20 + int.from_bytes(hashlib.sha256(email.encode()).digest()[:8], "big"))
