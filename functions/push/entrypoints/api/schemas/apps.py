"""Apps on the wire."""

from typing import Annotated, Any

from pydantic import Field

from push.domain.app import AliasPolicy, App, Limits, Receipts
from push.domain.rendering import AndroidDisplay
from push.entrypoints.api.schemas.app_limits import LimitsIn, LimitsOut, ReceiptsIn, ReceiptsOut, receipts_out
from push.entrypoints.api.schemas.sns_applications import (
    SnsApplicationsIn,
    SnsApplicationsOut,
    sns_applications_out,
)
from push.entrypoints.api.schemas.wire import Answer, IntId, Name, Strict
from push.usecases.change_secrets import AddedSecret
from push.usecases.delete_app import DeletedApp

MAX_SOUNDS = 100

_Sound = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Project = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.:-]{2,62}$", description="the id of a Firebase project")]


_ApiKey = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$", description="the project's Web API key: with it users log in")
]


class AppChangeIn(Strict):
    """What is left out stays as it is."""

    READ_ONLY = frozenset({"clients", "createdAt", "deleting"})

    id: IntId | None = None
    name: Name | None = None
    firebase_project: _Project | None = None
    firebase_api_key: _ApiKey | None = None
    sns_applications: SnsApplicationsIn | None = None
    android_display: AndroidDisplay | None = None
    alias_policy: AliasPolicy | None = None
    client_may_push: Annotated[bool, Field(strict=True)] | None = None
    skip_stale: (
        Annotated[
            bool, Field(strict=True, description="broadcasts leave out phones that were not heard of for 60 days")
        ]
        | None
    ) = None
    sounds: Annotated[list[_Sound], Field(max_length=MAX_SOUNDS)] | None = None
    limits: LimitsIn | None = None
    receipts: ReceiptsIn | None = None

    def fields(self) -> dict[str, Any]:
        """What is said of an app, but for its id."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name != "id"}
        if self.sounds is not None:
            said["sounds"] = tuple(dict.fromkeys(self.sounds))
        if self.sns_applications is not None:
            said["sns_applications"] = self.sns_applications.applications()
        if self.limits is not None:
            said["limits"] = Limits(**self.limits.model_dump())
        if self.receipts is not None:
            rate = 1.0 if self.receipts.rate is None else self.receipts.rate
            said["receipts"] = Receipts(mode=self.receipts.mode, rate=rate)
        return {name: value for name, value in said.items() if value is not None}


class AppIn(AppChangeIn):
    """`id`: an integer, or the next free one. By default: `data`, `locked`, clients may not push, nobody is skipped,
    all receipts."""

    name: Name
    firebase_project: _Project


class SecretOut(Answer):
    """Of a secret that is kept: never the secret itself."""

    id: str
    created_at: int


class ClientOut(Answer):
    id: str
    secrets: list[SecretOut]


class AppOut(Answer):
    """`deleting`: the job that deletes it, while one does."""

    id: int
    name: str
    firebase_project: str
    firebase_api_key: str | None = None
    sns_applications: SnsApplicationsOut
    android_display: AndroidDisplay
    alias_policy: AliasPolicy
    client_may_push: bool
    skip_stale: bool
    sounds: list[str]
    limits: LimitsOut
    receipts: ReceiptsOut
    clients: list[ClientOut]
    created_at: int
    deleting: str | None = None


class DeletedAppOut(AppOut):
    """`job` removes its devices and then the app; null where it is gone already."""

    job: str | None


class NewSecretOut(Answer):
    """The only answer that ever holds `clientSecret`."""

    id: str
    client_id: str
    client_secret: str
    created_at: int


def app_out(app: App) -> AppOut:
    return AppOut(
        id=app.id,
        name=app.name,
        firebase_project=app.firebase_project,
        firebase_api_key=app.firebase_api_key,
        sns_applications=sns_applications_out(app.sns_applications),
        android_display=app.android_display,
        alias_policy=app.alias_policy,
        client_may_push=app.client_may_push,
        skip_stale=app.skip_stale,
        sounds=list(app.sounds),
        limits=LimitsOut(**app.limits.model_dump()),
        receipts=receipts_out(app.receipts),
        clients=[
            ClientOut(id=c.id, secrets=[SecretOut(id=s.id, created_at=s.created_at) for s in c.secrets])
            for c in app.clients
        ],
        created_at=app.created_at,
        deleting=app.deleting,
    )


def deleted_app_out(deleted: DeletedApp) -> DeletedAppOut:
    return DeletedAppOut(**app_out(deleted.app).model_dump(), job=deleted.job)


def new_secret_out(added: AddedSecret) -> NewSecretOut:
    secret = added.secret
    return NewSecretOut(id=secret.id, client_id=added.client, client_secret=added.plain, created_at=secret.created_at)
