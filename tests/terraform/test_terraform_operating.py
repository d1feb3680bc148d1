"""What operators type into the README's *Deploy* does what they are told: keys, first account, archive, log."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.package import ROOT, package
from push.adapters.identity.tokens import SignedTokens
from push.domain.account import Caller
from push.entrypoints.api import activity
from push.entrypoints.api.schemas.accounts import AccountIn
from terraform.commands import DEPLOY
from terraform.configuration import FOLDER, local_values, resources

LOCALS = local_values()
NOW = 1_800_000_000_000
SNIPPETS = re.findall(r"python3 -c '(import json.*?)'\)", DEPLOY, re.DOTALL)


def ran(snippet: str, keys: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", snippet], input=keys, capture_output=True, text=True, check=True
    ).stdout


def kids(keys: str) -> list[str]:
    return [key["kid"] for key in json.loads(keys)["keys"]]


@pytest.fixture
def first() -> str:
    key = {"kty": "oct", "use": "sig", "alg": "HS256", "kid": "first", "k": "A" * 43}
    return json.dumps({"keys": [key]})


def test_a_new_key_is_known_to_all_before_it_signs(first: str) -> None:
    known, signing = SNIPPETS
    second = ran(known, first)
    third = ran(signing, second)
    assert kids(second)[0] == "first"
    assert kids(third) == [kids(second)[1], "first"]
    caller = Caller(subject="1", role="admin", stamp="s")
    # Instances of one version meet tokens of those of the version before and after it.
    for signed, read in ((first, second), (second, first), (second, third), (third, second)):
        token = SignedTokens(signed).issue(caller, NOW).access
        assert SignedTokens(read).read_access(token, NOW).subject == "1"


def test_the_oldest_key_stands_last_after_the_next_rotation_as_well(first: str) -> None:
    known, signing = SNIPPETS
    once = ran(signing, ran(known, first))
    twice = ran(signing, ran(known, once))
    assert kids(twice)[1:] == kids(once)


def test_no_version_is_added_when_the_keys_could_not_be_read() -> None:
    for snippet in SNIPPETS:
        assert subprocess.run([sys.executable, "-c", snippet], input="", capture_output=True, text=True).returncode
    assert len(re.findall(r"\) \\\n  && printf %s \"\$KEYS\" \| gcloud secrets versions add", DEPLOY)) == len(SNIPPETS)


def test_the_first_account_is_one_that_the_api_takes() -> None:
    (body,) = re.findall(r"-d '(\{\"username.*?\})'", DEPLOY)
    assert AccountIn.model_validate_json(body).new().role == "admin"


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_who_makes_the_first_account_is_in_both_examples(name: str) -> None:
    said = (FOLDER / f"env/{name}.tfvars").read_text()
    assert re.search(rf'"ops@halo-push-{name}\.iam\.gserviceaccount\.com"\s*= "admin"', said)


@pytest.mark.parametrize("providers", [(), ("sns",)])
def test_terraform_deploys_what_make_package_writes(tmp_path: Path, providers: tuple[str, ...]) -> None:
    expected = "../.local/dist/functions" + '${var.sns == null ? "" : "-sns"}' + ".zip"
    assert expected in LOCALS["archive_path"].replace("\\", "")
    written = package(ROOT / "functions", tmp_path, providers)
    assert written.name == f"functions{'-sns' if providers else ''}.zip"


def test_the_lines_that_are_dropped_are_those_of_reports() -> None:
    dropped: Any = next(body for kind, _, body in resources() if kind == "google_logging_project_exclusion")
    (pattern,) = re.findall(r'requestUrl=~\\*"(.*?)\\*"', str(dropped["filter"]))
    path = next(route.path for route in activity.router.routes if route.name == "create_activity")  # type: ignore[attr-defined]
    url = f"https://europe-west1-wines.cloudfunctions.net/api/api{path}"
    assert re.search(pattern, url)
    assert re.search(pattern, f"{url}?a=b")
    assert not re.search(pattern, url.removesuffix("/activity"))
    assert not re.search(pattern, f"{url}/more")


def test_an_index_goes_after_the_functions_that_ask_for_it() -> None:
    index = next(body for kind, _, body in resources() if kind == "google_firestore_index")
    assert index["lifecycle"][0]["create_before_destroy"] is True
    waiting = [(FOLDER / name).read_text() for name in ("functions.tf", "api.tf")]
    assert all("google_firestore_index.composite" in text.split("depends_on")[-1] for text in waiting)
