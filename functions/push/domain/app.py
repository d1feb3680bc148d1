"""Apps: whose devices, which Firebase project, and who may speak for them."""

import hashlib
import hmac
import secrets
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from push.domain.rendering import AndroidDisplay


class AliasPolicy(StrEnum):
    """What a create does that names an alias somebody has: refuse it, or hand the device over."""

    LOCKED = "locked"
    OPEN = "open"


class ClientSecret(BaseModel):
    """SHA-256 of a secret of 256 random bits: nothing to guess, so nothing slow is needed to keep it."""

    model_config = ConfigDict(frozen=True)

    hash: str
    created_at: int


class Client(BaseModel):
    """A client id and the secrets it may show; an old secret is good until it is removed."""

    model_config = ConfigDict(frozen=True)

    id: str
    secrets: tuple[ClientSecret, ...]


class App(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    firebase_project: str
    android_display: AndroidDisplay = AndroidDisplay.DATA
    alias_policy: AliasPolicy = AliasPolicy.LOCKED
    client_may_push: bool = False
    sounds: tuple[str, ...] = ()
    clients: tuple[Client, ...] = ()
    created_at: int


def new_secret() -> str:
    return secrets.token_hex(32)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def shows_secret(app: App, client_id: str, secret: str) -> bool:
    """Whether `secret` is one of the client's. Takes the same time for every wrong one."""
    shown = hash_secret(secret)
    known = [s.hash for client in app.clients if client.id == client_id for s in client.secrets]
    return sum(hmac.compare_digest(shown, hash_) for hash_ in known) > 0
