"""What the parts find in their environment: only what they need of this machine's, and no way to the real cloud."""

import json
from collections.abc import Mapping
from pathlib import Path

from infra.local.ports import HOST, Ports
from infra.local.secrets import Secrets

# Neither proxies nor credentials: what is not here does not reach a part.
_KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "LD_LIBRARY_PATH")
# Settings that whoever starts the stack may choose (functions/push/settings.py).
_CHOSEN = (
    "FCM_QUOTA_PER_MINUTE", "FCM_RAMP_S", "FCM_RAMP_ABOVE", "FCM_TIMEOUT_S", "DELIVER_INSTANCES", "SNS_PER_SECOND",
    "SNS_TIMEOUT_S", "LEASE_S",
    "ALLOWED_ORIGINS", "LOG_LEVEL",
)  # fmt: skip
AUDIENCE = "halo-push"


def invoker(project: str) -> str:
    """The service account that Cloud Tasks and Cloud Scheduler call the private functions with."""
    return f"invoker@{project}.iam.gserviceaccount.com"


def region_of_sns(environment: Mapping[str, str]) -> str:
    """Of Amazon SNS; "" where whoever starts the stack does not want it."""
    return environment.get("SNS_REGION", "")


def of_parts(environment: Mapping[str, str], state: Path) -> dict[str, str]:
    return {name: environment[name] for name in _KEPT if environment.get(name)} | {
        "PYTHONUNBUFFERED": "1",
        # Google's clients look for a login here and for one on the metadata server: let them find neither.
        "CLOUDSDK_CONFIG": str(state / "no-login"),
        "NO_GCE_CHECK": "true",
    }


def of_functions(
    environment: Mapping[str, str], state: Path, project: str, ports: Ports, firestore: str, secrets: Secrets
) -> dict[str, str]:
    """What a deployment would set; `firestore` is the emulator's host:port."""
    return {
        **of_parts(environment, state),
        "GOOGLE_CLOUD_PROJECT": project,
        "TASKS_LOCATION": "europe-west1",
        "SEND_QUEUE": "send",
        "DELIVER_QUEUE": "deliver",
        "URGENT_QUEUE": "urgent",
        "WORK_QUEUE": "work",
        "TOKEN_KEYS": json.dumps(secrets.token_keys),
        "KEY_PEPPER": secrets.key_pepper,
        "INVOKER": invoker(project),
        "OIDC_AUDIENCE": AUDIENCE,
        "OIDC_CERTS_URL": f"http://{HOST}:{ports.tasks_control}/certs",
        "FCM_ENDPOINT": f"http://{HOST}:{ports.fcm}",
        "FCM_RAMP_S": "0",  # real quotas are a minute's matter, this machine's are not
        "LEASE_S": "10",
        "FIRESTORE_EMULATOR_HOST": firestore,
        "CLOUD_TASKS_EMULATOR_HOST": f"{HOST}:{ports.tasks}",
        "FIREBASE_AUTH_EMULATOR_HOST": f"{HOST}:{ports.auth}",
        **{name: environment[name] for name in _CHOSEN if environment.get(name)},
        **(_of_sns(region, ports) if (region := region_of_sns(environment)) else {}),
    }


def _of_sns(region: str, ports: Ports) -> dict[str, str]:
    """moto takes any credentials, and boto3 wants some; it is not to look for others on a metadata server."""
    return {
        "SNS_REGION": region,
        "SNS_ENDPOINT": f"http://{HOST}:{ports.sns}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
