"""What the local stack keeps secret, made once: `.local/secrets.json`, for its owner's eyes only."""

import secrets as random
from pathlib import Path
from typing import Any

from joserfc.jwk import KeySet, OctKey
from pydantic import BaseModel, ConfigDict, ValidationError

from infra.local.files import write_whole
from infra.local.trouble import CannotStart


class Secrets(BaseModel):
    """`token_keys` is a JWK set; `identity` names the file beside this one with the key that signs OIDC tokens."""

    model_config = ConfigDict(frozen=True)

    token_keys: dict[str, Any]
    key_pepper: str
    admin_password: str
    client_id: str
    client_secret: str
    identity: str


def load_or_create(path: Path) -> Secrets:
    """The secrets in `path`, made on first use. Raises CannotStart when the file holds something else."""
    if not path.exists():
        write_whole(path, _new().model_dump_json(indent=2))
    return load(path)


def load(path: Path) -> Secrets:
    try:
        return Secrets.model_validate_json(path.read_text())
    except ValidationError:
        raise CannotStart(
            f"{path} is not what this stack wrote: remove {path.parent} (with the data in it) and start again."
        ) from None


def _new() -> Secrets:
    key = OctKey.generate_key(256, {"use": "sig", "alg": "HS256"}, auto_kid=True)
    return Secrets(
        token_keys=dict(KeySet([key]).as_dict(private=True)),
        key_pepper=random.token_hex(32),
        admin_password=random.token_urlsafe(12),
        client_id=random.token_hex(12),
        client_secret=random.token_hex(32),
        identity="identity.json",
    )
