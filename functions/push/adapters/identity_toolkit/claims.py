"""What an ID token says, of one that came straight from Google: its signature is for others."""

import json
from base64 import urlsafe_b64decode
from typing import Any


def is_jwt(token: str) -> bool:
    return token.count(".") == 2


def vouched(token: Any) -> bool:
    """Whether the token says that its email is verified."""
    if not isinstance(token, str) or not is_jwt(token):
        return False
    payload = token.split(".")[1]
    try:
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return False
    return isinstance(claims, dict) and claims.get("email_verified") is True
