"""Every setting of the code can be set by Terraform, what Terraform sets is a setting, and no secret is in the open."""

import re
from pathlib import Path

import pytest
from annotated_types import Ge, Le
from pydantic import SecretStr
from starlette.applications import Starlette

from push.entrypoints.api.origins import Origins
from push.settings import Settings
from terraform.configuration import FOLDER, files, local_values, resources, variables

LOCALS = local_values()
FIELDS = {name.upper() for name in Settings.model_fields}
SECRET = {name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
# Of the local stack, and what Cloud Run itself sets.
NOT_SET = {"FIRESTORE_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST", "K_REVISION"}
# What boto3 finds by itself.
AMAZON = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
# Each function has its own.
OF_EACH = {"INVOKER", "OIDC_AUDIENCE"}


def named(text: str) -> set[str]:
    return set(re.findall(r"\b([A-Z][A-Z_]+[A-Z])\s*=", text))


def test_every_setting_can_be_set_and_whatever_is_set_is_a_setting() -> None:
    secrets = named(LOCALS["secrets"]) | named(LOCALS["aws_secrets"])
    assert set(LOCALS["environment"]) | secrets | OF_EACH == (FIELDS - NOT_SET) | AMAZON
    assert secrets == SECRET | AMAZON


def test_each_function_is_told_its_caller_and_its_own_address() -> None:
    for name in ("functions.tf", "api.tf"):
        assert named((FOLDER / name).read_text().split('module "')[1]) & FIELDS == {"INVOKER"}
    assert "OIDC_AUDIENCE = join" in (FOLDER / "modules/function/main.tf").read_text()


def test_what_a_deployment_may_choose_has_the_settings_names_and_reaches_the_code() -> None:
    kind = variables()["settings"]["type"]
    chosen = set(re.findall(r"(\w+) = optional", kind))
    assert len(chosen) > 10
    used = {
        name: re.findall(r"var\.settings\.(\w+)", str(value))
        for name, value in LOCALS["environment"].items()
        if "var.settings" in str(value)
    }
    assert {name.lower(): set(read) for name, read in used.items()} == {name: {name} for name in chosen}


def test_numbers_have_the_ranges_that_the_code_takes() -> None:
    """Out of them every function would answer 500, after an apply that said it was fine."""
    chosen = re.findall(r"(\w+) = optional\(number\)", variables()["settings"]["type"].split("object")[1])
    assert {name: tuple(said) for name, said in LOCALS["ranges"].items()} == {name: _range(name) for name in chosen}
    # Computed, or a variable of its own.
    assert set(chosen) == {name for name, field in Settings.model_fields.items() if field.annotation is int} - {
        "fcm_quota_per_minute", "deliver_instances", "own_proxies",
    }  # fmt: skip
    quota = variables()["fcm_quota_per_minute"]["validation"][0]["condition"]
    assert f"var.fcm_quota_per_minute >= {_range('fcm_quota_per_minute')[0]}" in quota


def _range(name: str) -> tuple[object, object]:
    limits = Settings.model_fields[name].metadata
    least = [limit.ge for limit in limits if isinstance(limit, Ge)]
    most = [limit.le for limit in limits if isinstance(limit, Le)]
    assert len(least) + len(most) == len(limits), f"{name} has a limit that is neither the least nor the most"
    return (least[0] if least else None, most[0] if most else None)


def test_no_origin_at_all_is_not_every_origin() -> None:
    """An empty ALLOWED_ORIGINS counts as not set, like any other variable, and then it is `*`."""
    said = LOCALS["environment"]["ALLOWED_ORIGINS"]
    word = re.findall(r'length\(var\.settings\.allowed_origins\) == 0 \? \["(\w+)"\]', said)[0]
    needed = {"GOOGLE_CLOUD_PROJECT": "p", "TASKS_LOCATION": "r", "TOKEN_KEYS": "{}", "KEY_PEPPER": "x" * 16}
    settings = Settings.from_environment(needed | {"INVOKER": "i", "OIDC_AUDIENCE": "a", "ALLOWED_ORIGINS": word})
    # An origin has a scheme, or is "null".
    assert Origins(Starlette(), settings).allow_origins == [word] == ["none"]


def test_no_secret_is_in_the_plain_environment() -> None:
    assert set(LOCALS["environment"]) & (SECRET | AMAZON) == set()
    # Whoever signs nothing has the setting, and no key in it.
    assert LOCALS["no_keys"] == {"TOKEN_KEYS": "{}"}


@pytest.mark.parametrize("folder", [FOLDER, *sorted((FOLDER / "modules").iterdir())], ids=lambda path: path.name)
def test_a_variable_that_could_hold_a_secret_is_sensitive(folder: Path) -> None:
    suspicious = re.compile(r"secret|password|token|pepper|private|credential|(^|_)keys?($|_)", re.IGNORECASE)
    # These name secrets of Secret Manager, versions of them (numbers, by their validation), keys of KMS, and settings.
    harmless = {
        "secret_versions", "secrets", "kms_key", "firebase_projects", "custom_domain", "first_token_keys",
    }  # fmt: skip
    for name, body in variables(folder).items():
        if suspicious.search(name) or suspicious.search(str(body.get("type", ""))):
            assert name in harmless or body.get("sensitive") is True, f"{name} could hold a secret"


def test_no_value_of_a_secret_reaches_the_state() -> None:
    versions = [body for kind, _, body in resources() if kind == "google_secret_manager_secret_version"]
    assert len(versions) == 2
    for body in versions:
        assert "ephemeral." in body["secret_data_wo"]
        assert "secret_data" not in body
    assert not any(re.search(r'resource "random_', path.read_text()) for path in files())
