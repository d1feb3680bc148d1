"""What `make package` writes, installed where nothing else of ours is, by the package index that this machine has."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from infra.local.supervisor import Source
from infra.package import PINS, ROOT, package, pins

# What pip says of every address when it reaches nothing at all, and then of the first package.
UNREACHED = ("connection broken by", "from versions: none")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The archive, unpacked, and a Python that has what it pins."""
    home = tmp_path_factory.mktemp("archive")
    source = _unpacked(home)
    venv.create(home / "venv", symlinks=True, with_pip=True)
    python = home / "venv" / "bin" / "python"
    _install(python, source / PINS)
    return Source(python, source)


@pytest.fixture(scope="session")
def amazon(installed: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the archive for Amazon SNS pins beyond that."""
    home = tmp_path_factory.mktemp("archive-sns")
    known = set(pins((installed.folder / PINS).read_text()))
    more = home / "more.txt"
    more.write_text("".join(pin for pin in pins((_unpacked(home, "sns") / PINS).read_text()) if pin not in known))
    _install(installed.python, more, "--no-deps", "--target", str(home / "packages"))
    return home / "packages"


def _unpacked(home: Path, *providers: str) -> Path:
    with zipfile.ZipFile(package(ROOT / "functions", home / "dist", providers)) as archive:
        archive.extractall(home / "source")
    return home / "source"


def _install(python: Path, pinned: Path, *how: str) -> None:
    command = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--no-input", "--retries", "1", "--require-hashes", *how, "-r", str(pinned)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=pinned.parent, env=_without_ours())
    if done.returncode and all(sign in done.stderr for sign in UNREACHED):
        pytest.skip("no package index can be reached, so what the archive pins cannot be installed")
    assert done.returncode == 0, done.stderr[-4_000:]


def _without_ours() -> dict[str, str]:
    """How pip is set up on this machine, without what would lead it to the tests' own environment."""
    ours = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    path = os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if not each.startswith(sys.prefix))
    return {name: value for name, value in os.environ.items() if name not in ours} | {"PATH": path}
