"""People, by ID tokens of Firebase Authentication; their role is a custom claim (Firebase, *Control access*)."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from push.domain.errors import BadToken, Unavailable
from push.ports import Outsider

_SKEW_S = 10
_TIMEOUT_S = 10


class FirebaseUsers:
    """Tokens of one Firebase project, verified without asking Firebase: whom it disables is out when the token ends,
    within the hour. With FIREBASE_AUTH_EMULATOR_HOST set, firebase-admin takes the emulator's unsigned ones."""

    def __init__(
        self, project: str, role_claim: str, client: Callable[[str], Any] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.issuers = frozenset({f"https://securetoken.google.com/{project}"})
        self._project = project
        self._role_claim = role_claim
        self._make = client or make_client
        self._now = now

    @cached_property
    def _client(self) -> Any:
        return self._make(self._project)

    def verify(self, token: str) -> Outsider:
        from firebase_admin.auth import CertificateFetchError
        from firebase_admin.exceptions import FirebaseError

        client = self._client
        try:
            claims = client.verify_id_token(token, clock_skew_seconds=_SKEW_S)
            if claims["exp"] + _SKEW_S < self._now():
                raise ValueError("the emulator's tokens expire too")
            role = claims.get(self._role_claim)
            named = claims["email"] if claims.get("email_verified") is True else claims["uid"]
            missing = f"give it the custom claim {self._role_claim!r}"
            return Outsider(f"firebase:{named}", role if isinstance(role, str) else None, missing)
        except CertificateFetchError as error:
            raise Unavailable("Firebase's certificates cannot be read: try again") from error
        except (FirebaseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadToken("this is not a good ID token of this deployment's Firebase project: log in again") from None


def make_client(project: str) -> Any:
    """A client that verifies tokens and may do nothing else: it has no credentials."""
    from firebase_admin import App, auth, credentials
    from google.auth.credentials import AnonymousCredentials

    class Nobody(credentials.Base):  # type: ignore[misc]
        def get_credential(self) -> Any:
            return AnonymousCredentials()

    options = {"projectId": project, "httpTimeout": _TIMEOUT_S}
    return auth.Client(App(f"bearers of {project}", Nobody(), options))
