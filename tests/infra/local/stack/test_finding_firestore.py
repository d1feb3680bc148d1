"""The Firestore emulator is found where it is."""

from pathlib import Path

import pytest

from infra.local import firestore
from infra.local.firestore import Emulator, External, find
from infra.local.trouble import CannotStart

JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firestore, "_SDKS", ())


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def only_java(name: str) -> str | None:
    return "/usr/bin/java" if name == "java" else None


def test_one_that_runs_is_used(tmp_path: Path) -> None:
    assert find({"FIRESTORE_EMULATOR_HOST": "localhost:8200"}, tmp_path, only_java) == External("localhost:8200")


def test_the_component_of_the_gcloud_on_the_path(tmp_path: Path) -> None:
    gcloud, jar = made(tmp_path / "sdk/bin/gcloud"), made(tmp_path / "sdk" / JAR)
    link = tmp_path / "bin/gcloud"
    link.parent.mkdir()
    link.symlink_to(gcloud)
    found = find({}, tmp_path, {"gcloud": str(link), "java": "java"}.get)
    assert found == Emulator("java", jar)


def test_a_gcloud_in_the_home(tmp_path: Path) -> None:
    jar = made(tmp_path / "google-cloud-sdk" / JAR)
    assert find({}, tmp_path, only_java) == Emulator("/usr/bin/java", jar)


def test_the_newest_in_firebases_cache(tmp_path: Path) -> None:
    cache = tmp_path / ".cache/firebase/emulators"
    made(cache / "cloud-firestore-emulator-v1.9.2.jar")
    newest = made(cache / "cloud-firestore-emulator-v1.19.8.jar")
    assert find({}, tmp_path, only_java) == Emulator("/usr/bin/java", newest)


def test_the_java_of_java_home(tmp_path: Path) -> None:
    jar, java = made(tmp_path / "google-cloud-sdk" / JAR), made(tmp_path / "jdk/bin/java")
    assert find({"JAVA_HOME": str(tmp_path / "jdk")}, tmp_path, only_java) == Emulator(str(java), jar)


def test_without_one_a_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refused:
        find({}, tmp_path, only_java)
    for command in ("apt-get install", "gcloud components install", "firebase setup:emulators:firestore"):
        assert command in str(refused.value)
    assert refused.value.exit_code == 2


def test_without_java_too(tmp_path: Path) -> None:
    made(tmp_path / "google-cloud-sdk" / JAR)
    with pytest.raises(CannotStart, match="No java was found: install"):
        find({}, tmp_path, lambda _: None)
