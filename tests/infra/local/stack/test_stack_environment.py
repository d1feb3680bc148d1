"""What parts and functions find in their environment."""

from pathlib import Path

from infra.local import seed, stackfile
from infra.local.environment import of_functions
from infra.local.firestore import Emulator, External
from infra.local.plan import draw
from infra.local.ports import counted_from
from infra.local.secrets import load_or_create
from push.settings import Settings

PORTS = counted_from(8080)
OURS = {"PATH": "/bin", "HOME": "/home/me"}


def functions(tmp_path: Path, surroundings: dict[str, str]) -> dict[str, str]:
    secrets = load_or_create(tmp_path / "secrets.json")
    return of_functions(OURS | surroundings, tmp_path, "halo-local", PORTS, "127.0.0.1:8088", secrets)


def test_functions_can_read_their_settings(tmp_path: Path) -> None:
    settings = Settings.from_environment(functions(tmp_path, {}))
    assert settings.fcm_endpoint == "http://127.0.0.1:8085"
    assert settings.oidc_certs_url == "http://127.0.0.1:8087/certs"
    assert settings.cloud_tasks_emulator_host == "127.0.0.1:8086"
    assert settings.firebase_auth_emulator_host == "127.0.0.1:8089"
    assert settings.invoker == "invoker@halo-local.iam.gserviceaccount.com"
    assert (settings.fcm_ramp_s, settings.lease_s) == (0, 10)


def test_neither_proxies_nor_credentials_reach_a_part(tmp_path: Path) -> None:
    ours = {"GOOGLE_APPLICATION_CREDENTIALS": "/key.json", "HTTPS_PROXY": "http://proxy", "AWS_SECRET_ACCESS_KEY": "s"}
    assert not ours.keys() & functions(tmp_path, ours).keys()
    plan = draw(tmp_path, PORTS, Emulator("java", Path("jar")), OURS | ours)
    assert not any(ours.keys() & part.environment.keys() for part in plan.parts)


def test_whoever_starts_the_stack_may_choose_some_settings(tmp_path: Path) -> None:
    assert functions(tmp_path, {"LEASE_S": "2", "LOG_LEVEL": "DEBUG", "FCM_ENDPOINT": "http://x"}).items() >= {
        ("LEASE_S", "2"),
        ("LOG_LEVEL", "DEBUG"),
        ("FCM_ENDPOINT", "http://127.0.0.1:8085"),
    }


def test_amazon_is_played_by_a_part_of_its_own_where_it_is_asked_for(tmp_path: Path) -> None:
    asked = draw(tmp_path, PORTS, Emulator("java", Path("jar")), OURS | {"SNS_REGION": "eu-west-1"})
    assert "sns" in {part.name for part in asked.parts}
    settings = Settings.from_environment(asked.environment)
    assert (settings.sns_region, settings.sns_endpoint) == ("eu-west-1", "http://127.0.0.1:8090")
    assert asked.addresses.sns == settings.sns_endpoint
    plain = draw(tmp_path, PORTS, Emulator("java", Path("jar")), OURS)
    assert "sns" not in {part.name for part in plain.parts}
    assert plain.addresses.sns is None
    assert not {"SNS_REGION", "SNS_ENDPOINT", "AWS_ACCESS_KEY_ID"} & plain.environment.keys()


def test_an_emulator_of_somebody_else_is_used_and_not_started(tmp_path: Path) -> None:
    plan = draw(tmp_path, PORTS, External("127.0.0.1:9999"), OURS)
    assert "firestore" not in {part.name for part in plan.parts}
    assert plan.exports is None
    assert plan.addresses.firestore == plan.environment["FIRESTORE_EMULATOR_HOST"] == "127.0.0.1:9999"


def test_stack_json_names_what_the_seed_stores() -> None:
    assert (stackfile.APP_ID, stackfile.ADMIN) == (seed.APP_ID, seed.ADMIN)
