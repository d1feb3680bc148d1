"""The archive that is deployed: whole, the same from the same source, and nothing else in it."""

import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from infra.package import ROOT, main, package

FUNCTIONS = ROOT / "functions"


def read(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def pinned(text: bytes) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", text.decode(), re.MULTILINE)
    assert len(dict(found)) == len(found), "pinned twice"
    return dict(found)


@pytest.mark.parametrize("providers", [(), ("sns",)], ids=["plain", "sns"])
def test_the_same_source_makes_the_same_archive(tmp_path: Path, providers: tuple[str, ...]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(FUNCTIONS, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (copy / "main.py").chmod(0o600)
    one = package(FUNCTIONS, tmp_path / "one", providers)
    other = package(copy, tmp_path / "other", providers)
    assert one.read_bytes() == other.read_bytes()
    assert [path.name for path in one.parent.iterdir()] == [one.name]
    # What a compressor makes of it depends on its build.
    assert {entry.compress_type for entry in zipfile.ZipFile(one).infolist()} == {zipfile.ZIP_STORED}


def test_another_source_makes_another_archive(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(FUNCTIONS, copy)
    with (copy / "push" / "logs.py").open("a") as file:
        file.write("\n")
    assert package(FUNCTIONS, tmp_path / "one").read_bytes() != package(copy, tmp_path / "other").read_bytes()


def test_it_holds_the_functions_as_they_are_and_no_tests_or_caches(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(FUNCTIONS, copy)
    (copy / "push" / "domain" / "__pycache__").mkdir(exist_ok=True)
    (copy / "push" / "domain" / "__pycache__" / "app.pyc").write_bytes(b"stale")
    (copy / "notes.txt").write_text("mine")
    held = read(package(copy, tmp_path))
    names = {path.relative_to(FUNCTIONS).as_posix() for path in (FUNCTIONS / "push").rglob("*.py")}
    assert set(held) == {"main.py", "requirements.txt", *names}
    assert all(content == (FUNCTIONS / name).read_bytes() for name, content in held.items())


def test_with_amazon_it_pins_what_amazon_needs_as_well_and_nothing_twice(tmp_path: Path) -> None:
    alone = read(package(FUNCTIONS, tmp_path))["requirements.txt"]
    assert alone == (FUNCTIONS / "requirements.txt").read_bytes()
    plain = pinned(alone)
    both = pinned(read(package(FUNCTIONS, tmp_path, ("sns",)))["requirements.txt"])
    extra = pinned((FUNCTIONS / "requirements-sns.txt").read_bytes())
    assert both == plain | extra
    assert "boto3" in extra
    tested = (ROOT / "tests" / "requirements.txt").read_text()
    assert [name for name, version in extra.items() if f"{name}=={version} " not in tested] == []


def test_a_provider_that_is_named_twice_is_in_it_once(tmp_path: Path) -> None:
    assert package(FUNCTIONS, tmp_path, ["sns", "sns"]).name == "functions-sns.zip"


def test_it_says_where_it_is_and_what_its_hash_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--to", str(tmp_path), "--providers", "sns"]) == 0
    assert re.search(rf"{tmp_path}/functions-sns\.zip \([\d,]+ KiB, sha256 [0-9a-f]{{64}}\)", capsys.readouterr().out)
