"""Service accounts of Google Cloud, by OIDC ID tokens that Google signed (Google, *Get an ID token*)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from push.adapters.identity.certificates import CachedCertificates
from push.domain.errors import BadToken, Unavailable
from push.ports import Outsider

ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
_SKEW_S = 10


class ServiceAccounts:
    """`roles` by the service account's email; `audiences` are those that its tokens may name."""

    issuers = ISSUERS

    def __init__(
        self, roles: Mapping[str, str], audiences: Sequence[str], certificates: Callable[..., Any] | None = None
    ) -> None:
        self._roles = {email.lower(): role for email, role in roles.items()}
        self._audiences = list(audiences)
        self._certificates = certificates or CachedCertificates()

    def verify(self, token: str) -> Outsider:
        from google.auth import jwt
        from google.auth.exceptions import GoogleAuthError, TransportError
        from google.oauth2 import id_token

        try:
            if jwt.decode_header(token).get("alg") != "RS256":
                raise ValueError("Google signs with RS256")
            claims = id_token.verify_token(token, self._certificates, self._audiences, clock_skew_in_seconds=_SKEW_S)
            email, subject = claims["email"], claims["sub"]
            verified = claims.get("email_verified") is True and isinstance(email, str)
            if claims.get("iss") not in ISSUERS or not verified or not subject:
                raise ValueError("not Google's word for that email")
            # Google writes them in lower case; nobody is let in by what only resembles one.
            return Outsider(f"google:{email}", self._roles.get(email), "SERVICE_ACCOUNTS names none for it")
        except TransportError as error:
            raise Unavailable("Google's certificates cannot be read: try again") from error
        except (GoogleAuthError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadToken("this is not a good ID token of a Google service account: get a new one") from None
