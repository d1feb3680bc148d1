"""A deployment's environment: what is missing is named, all of it at once."""

import pytest

from push.domain.errors import Misconfigured
from push.settings import FCM, Settings

NEEDED = {
    "GOOGLE_CLOUD_PROJECT": "p", "TASKS_LOCATION": "europe-west1", "TOKEN_KEYS": '{"keys": []}', "KEY_PEPPER": "x" * 16,
    "INVOKER": "i@example.com", "OIDC_AUDIENCE": "a",
}  # fmt: skip


def test_what_is_needed_is_enough() -> None:
    settings = Settings.from_environment(NEEDED | {"PATH": "/bin", "LEASE_S": ""})
    assert (settings.fcm_endpoint, settings.lease_s) == (FCM, 20)


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environment({})
    assert all(name in refused.value.detail for name in NEEDED)


@pytest.mark.parametrize(
    ("name", "value"),
    [("LEASE_S", "soon"), ("FCM_TIMEOUT_S", "5"), ("KEY_PEPPER", "short"),
     ("SERVICE_ACCOUNTS", "short"), ("SERVICE_ACCOUNTS", "{"), ("SERVICE_ACCOUNTS", "=editor"),
     ("SERVICE_ACCOUNTS", '{"a@b": 1}')],
)  # fmt: skip
def test_what_is_wrong_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environment(NEEDED | {name: value})
    assert name in refused.value.detail
    assert "short" not in refused.value.detail.replace("shorter", "")


@pytest.mark.parametrize("level", ["WARNING", "error", "LOUD"])
def test_nobody_can_silence_what_metrics_and_alerts_are_made_of(level: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environment(NEEDED | {"LOG_LEVEL": level})
    assert "LOG_LEVEL" in refused.value.detail
    assert Settings.from_environment(NEEDED | {"LOG_LEVEL": "debug"}).log_level == "DEBUG"


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert "xxxxxxxx" not in repr(Settings.from_environment(NEEDED))


@pytest.mark.parametrize("said", ['{"a@b": "editor", "c@d": "etl"}', "a@b=editor, c@d=etl,"])
def test_service_accounts_are_an_object_or_a_list(said: str) -> None:
    settings = Settings.from_environment(NEEDED | {"SERVICE_ACCOUNTS": said, "API_AUDIENCE": "https://a, https://b"})
    assert settings.service_accounts == {"a@b": "editor", "c@d": "etl"}
    assert settings.api_audience == ("https://a", "https://b")


def test_a_function_has_as_many_audiences_as_it_has_urls_but_at_least_one() -> None:
    settings = Settings.from_environment(NEEDED | {"OIDC_AUDIENCE": "https://a.run.app, https://b.run.app,"})
    assert settings.oidc_audience == ("https://a.run.app", "https://b.run.app")
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environment(NEEDED | {"OIDC_AUDIENCE": " , "})
    assert "OIDC_AUDIENCE" in refused.value.detail


def test_service_accounts_without_an_audience_would_be_anybodys_tokens() -> None:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_environment(NEEDED | {"SERVICE_ACCOUNTS": "a@b=editor"})
    assert "API_AUDIENCE" in refused.value.detail
