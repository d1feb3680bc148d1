"""Apps: whose devices, which Firebase project, and who may speak for them."""

import hashlib
import hmac
import secrets
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from push.domain.rendering import SNS_PLATFORMS, AndroidDisplay


class AliasPolicy(StrEnum):
    """What a create does that names an alias somebody has: refuse it, or hand the device over."""

    LOCKED = "locked"
    OPEN = "open"


class ReceiptMode(StrEnum):
    """Which phones may report that a message arrived."""

    ALL = "all"
    SAMPLED = "sampled"
    OFF = "off"


class Receipts(BaseModel):
    """`rate`: the share of devices whose receipts are kept, when sampled."""

    model_config = ConfigDict(frozen=True)

    mode: ReceiptMode = ReceiptMode.ALL
    rate: float = 1.0

    @property
    def share(self) -> float:
        """Of all devices, those whose receipts are kept."""
        return {ReceiptMode.ALL: 1.0, ReceiptMode.SAMPLED: self.rate, ReceiptMode.OFF: 0.0}[self.mode]

    def keeps(self, schedule: str, device: str) -> bool:
        """Whether the device is one of them: for each notification others, and always the same for one."""
        drawn = hashlib.sha256(f"{schedule}|{device}".encode()).digest()
        return int.from_bytes(drawn[:8]) < self.share * 2**64


class Limits(BaseModel):
    """What an app's clients may bring in, whose secret is in every copy of the app; None: no limit of its own."""

    model_config = ConfigDict(frozen=True)

    tags_per_device: int | None = None
    new_devices_per_hour: int | None = None
    new_devices_per_address_per_hour: int | None = None
    new_tags_per_hour: int | None = None


class SnsApplications(BaseModel):
    """ARNs of Amazon SNS platform applications: each holds the app's credentials at one platform's own service."""

    model_config = ConfigDict(frozen=True)

    adm: str | None = None
    baidu: str | None = None

    @property
    def by_platform(self) -> dict[str, str]:
        """Of the platforms that have one."""
        return {platform.value: arn for platform in SNS_PLATFORMS if (arn := getattr(self, platform.value))}


class ClientSecret(BaseModel):
    """SHA-256 of a secret of 256 random bits: nothing to guess, so nothing slow is needed to keep it."""

    model_config = ConfigDict(frozen=True)

    hash: str
    created_at: int

    @property
    def id(self) -> str:
        """What people call it by; says nothing of the secret."""
        return hashlib.sha256(self.hash.encode()).hexdigest()[:24]


class Client(BaseModel):
    """A client id and the secrets it may show; an old secret is good until it is removed."""

    model_config = ConfigDict(frozen=True)

    id: str
    secrets: tuple[ClientSecret, ...]


class App(BaseModel):
    """`firebase_api_key` is the project's Web API key, with which users log in; it is in every copy of the app.
    `skip_stale`: whether broadcasts leave out who has not been heard of for 60 days."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    firebase_project: str
    firebase_api_key: str | None = None
    sns_applications: SnsApplications = SnsApplications()
    android_display: AndroidDisplay = AndroidDisplay.DATA
    alias_policy: AliasPolicy = AliasPolicy.LOCKED
    client_may_push: bool = False
    skip_stale: bool = False
    sounds: tuple[str, ...] = ()
    limits: Limits = Limits()
    receipts: Receipts = Receipts()
    clients: tuple[Client, ...] = ()
    created_at: int
    # The job that deletes it: nothing new is taken for it any more.
    deleting: str | None = None


# More than anybody needs to change one without a gap.
MAX_SECRETS = 10


def with_secret(app: App, client: Client, secret: ClientSecret) -> App:
    """The app whose `client`, which may be new to it, also shows `secret`."""
    others = [known for known in app.clients if known.id != client.id]
    changed = client.model_copy(update={"secrets": (*client.secrets, secret)})
    return app.model_copy(update={"clients": (changed, *others)})


def without_secret(app: App, secret_id: str) -> App:
    """The app without that secret; its clients keep their ids."""
    clients = [
        client.model_copy(update={"secrets": tuple(s for s in client.secrets if s.id != secret_id)})
        for client in app.clients
    ]
    return app.model_copy(update={"clients": tuple(clients)})


def new_secret() -> str:
    return secrets.token_hex(32)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def shows_secret(app: App, client_id: str, secret: str) -> bool:
    """Whether `secret` is one of the client's. Takes the same time for every wrong one."""
    shown = hash_secret(secret)
    known = [s.hash for client in app.clients if client.id == client_id for s in client.secrets]
    return sum(hmac.compare_digest(shown, hash_) for hash_ in known) > 0
