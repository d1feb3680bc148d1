"""ID tokens without a signature: ours to give, and those of other networks to take."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from infra.local.auth.accounts import Account
from infra.local.auth.refusal import Refused

LIFETIME_S = 3_600


def id_token(account: Account, provider: str, now_s: int) -> str:
    """As Firebase's own emulator gives it (Firebase, *Verify ID Tokens*, for the claims)."""
    claims: dict[str, Any] = json.loads(account.claims) | {
        "iss": f"https://securetoken.google.com/{account.project}",
        "aud": account.project,
        "auth_time": now_s,
        "user_id": account.uid,
        "sub": account.uid,
        "iat": now_s,
        "exp": now_s + LIFETIME_S,
        "firebase": {
            "identities": {name: [id_] for name, id_ in account.providers.items()},
            "sign_in_provider": provider,
        },
    }
    if account.email:
        claims |= {"email": account.email, "email_verified": account.verified}
    if account.name:
        claims |= {"name": account.name}
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def vouched(token: str) -> dict[str, Any]:
    """What a network's token says: a JSON object, or the payload of a JWT. Raises Refused without a subject."""
    try:
        said = json.loads(token if token.startswith("{") else _decoded(token))
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("sub"), str) or not said["sub"]:
        # Google's says the token here as well, and so does this one: nobody may pass it on.
        raise Refused(f"INVALID_IDP_RESPONSE : Unable to parse the token: {token}")
    return said


def _part(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _decoded(token: str) -> str:
    parts = token.split(".")
    payload = parts[1] if len(parts) == 3 else ""
    return urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
