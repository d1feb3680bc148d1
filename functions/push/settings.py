"""What a deployment may decide: one frozen model, built from an environment that is passed in."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from push.domain.errors import Misconfigured
from push.domain.pace import Ramp

GOOGLE_CERTS = "https://www.googleapis.com/oauth2/v3/certs"
FCM = "https://fcm.googleapis.com"


def _listed(value: Any) -> Any:
    """Texts separated by commas."""
    return tuple(text.strip() for text in value.split(",") if text.strip()) if isinstance(value, str) else value


def _roles(value: Any) -> Any:
    """`{"EMAIL": "ROLE"}`, or `EMAIL=ROLE,EMAIL=ROLE`."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        return json.loads(value)
    pairs = [text.partition("=") for text in _listed(value)]
    if not all(email.strip() and role.strip() for email, _, role in pairs):
        raise ValueError('must be a JSON object, or "EMAIL=ROLE,EMAIL=ROLE"')
    return {email.strip(): role.strip() for email, _, role in pairs}


class Settings(BaseModel):
    """Every setting, named like its environment variable in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    google_cloud_project: str = Field(min_length=1)
    tasks_location: str = Field(min_length=1, description="region of the queues, such as europe-west1")
    send_queue: str = "send"
    deliver_queue: str = "deliver"
    urgent_queue: str = "urgent"
    work_queue: str = "work"

    token_keys: SecretStr = Field(description="JWK set that signs access tokens; the first key signs, all verify")
    key_pepper: SecretStr = Field(
        min_length=16, description="secret under which document keys are hashed; never change"
    )

    invoker: str = Field(description="service account whose OIDC tokens may call this private function")
    oidc_audience: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        min_length=1, description="audiences, one of which those tokens must name: the function's own URLs"
    )
    oidc_certs_url: str = GOOGLE_CERTS

    service_accounts: Annotated[Mapping[str, str], BeforeValidator(_roles)] = Field(
        default={}, description="Google service accounts that may call the API, and their roles"
    )
    api_audience: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(), validate_default=True, description="audiences, one of which their ID tokens must name"
    )
    firebase_auth_project: str = Field(default="", description="Firebase project whose ID tokens may call the API")
    firebase_role_claim: str = Field(default="role", min_length=1, description="custom claim that holds their role")

    fcm_endpoint: str = FCM
    fcm_quota_per_minute: int = Field(default=600_000, ge=60)
    fcm_ramp_s: int = Field(default=60, ge=0, description="seconds from nothing to the full rate; FCM asks for 60")
    fcm_ramp_above: int = Field(default=100_000, ge=0, description="audiences of more targets begin slowly")
    deliver_instances: int = Field(default=1, ge=1, description="how many processes of deliver there may be at once")
    fcm_timeout_s: int = Field(default=30, ge=10, le=300, description="FCM asks for at least 10")
    sns_region: str = Field(default="", description="region of Amazon SNS, such as eu-west-1; without, it is not used")
    sns_endpoint: str | None = Field(default=None, description="where Amazon SNS answers, if not where it always does")
    sns_per_second: int = Field(default=300, ge=10, description="messages a second; Amazon's lowest quota is 300")
    sns_timeout_s: int = Field(default=30, ge=2, le=300, description="for how long a page waits for Amazon SNS")
    lease_s: int = Field(default=20, ge=2, le=600, description="how long a silent worker keeps its shard")

    keep_days: int = Field(default=90, ge=7, le=3_650, description="how long what was sent is kept of single devices")
    allowed_origins: str = Field(default="*", description="comma-separated origins that browsers may call from")
    own_proxies: int = Field(default=0, ge=0, le=3, description="load balancers of one's own before the API")
    log_level: Annotated[Literal["DEBUG", "INFO"], BeforeValidator(str.upper)] = Field(
        default="INFO", description="what metrics and alerts are made of is INFO"
    )

    k_revision: str = Field(default="local", description="the service's revision, as Cloud Run says it")

    firestore_emulator_host: str | None = None
    cloud_tasks_emulator_host: str | None = None
    firebase_auth_emulator_host: str | None = None

    @property
    def ramp(self) -> Ramp:
        return Ramp(self.fcm_quota_per_minute, self.fcm_ramp_s, self.fcm_ramp_above)

    @field_validator("api_audience")
    @classmethod
    def _named_for_service_accounts(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("service_accounts") and not value:
            raise ValueError("must name the audience of the ID tokens that SERVICE_ACCOUNTS are accepted by")
        return value

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises Misconfigured naming every variable that is missing or wrong."""
        values: dict[str, Any] = {
            name: environment[name.upper()] for name in cls.model_fields if environment.get(name.upper())
        }
        try:
            return cls(**values)
        except ValidationError as error:
            wrong = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise Misconfigured(f"environment variables missing or wrong: {wrong}") from None
