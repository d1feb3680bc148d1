"""What an ID token says, of one that came straight from Google: its signature is for others."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from push.domain.user import fold_email


def is_jwt(token: str) -> bool:
    return token.count(".") == 2


def vouched(token: Any, email: str) -> bool:
    """Whether the token says that this email, and not another one of the account, is verified."""
    if not isinstance(token, str) or not is_jwt(token):
        return False
    payload = token.split(".")[1]
    try:
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return False
    if not isinstance(claims, dict) or claims.get("email_verified") is not True:
        return False
    said = claims.get("email")
    return isinstance(said, str) and fold_email(said) == fold_email(email)
