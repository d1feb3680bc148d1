"""Google's Firestore emulator: where it is, how it is started, and how its data survives."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.trouble import CannotStart

_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_IN_SDK = Path("platform/cloud-firestore-emulator/cloud-firestore-emulator.jar")
_SDKS = ("/usr/lib", "/usr/share", "/opt", "/opt/homebrew/share", "/usr/local")
_HEAP = "2g"  # 100,000 targets take about one
_INSTALL = (
    "`apt-get install google-cloud-cli-firestore-emulator default-jre-headless`, "
    "`gcloud components install cloud-firestore-emulator` (and a Java), "
    "or `firebase setup:emulators:firestore` (and a Java)"
)


@dataclass(frozen=True)
class External:
    """An emulator that somebody else runs (FIRESTORE_EMULATOR_HOST): used, never started, stopped or exported."""

    host: str


@dataclass(frozen=True)
class Emulator:
    """`heap` as Java takes it: all data is in memory."""

    java: str
    jar: Path
    heap: str = _HEAP

    def command(self, host: str, port: int, data: Path | None) -> list[str]:
        """Serve on `port`, starting with an earlier export, if any. Its log speaks English only."""
        seed = [f"--seed_from_export={data}"] if data else []
        java = [self.java, f"-Xmx{self.heap}", "-Duser.language=en", "-cp", str(self.jar), _MAIN]
        return [*java, f"--host={host}", f"--port={port}", *seed]


def find(
    environment: Mapping[str, str], home: Path, which: Callable[[str], str | None] = shutil.which
) -> External | Emulator:
    """Raises CannotStart with the commands that install it."""
    if host := environment.get("FIRESTORE_EMULATOR_HOST"):
        return External(host)
    jar = next((path for path in _jars(environment, home, which) if path.is_file()), None)
    java = _java(environment, which)
    if jar is None or java is None:
        missing = "Google's Firestore emulator was not found" if jar is None else "No java was found"
        raise CannotStart(
            f"{missing}: install it with {_INSTALL}, or set FIRESTORE_EMULATOR_HOST to one that is running."
        )
    return Emulator(java, jar)


def _jars(environment: Mapping[str, str], home: Path, which: Callable[[str], str | None]) -> Iterator[Path]:
    if root := environment.get("CLOUDSDK_ROOT_DIR"):
        yield Path(root) / _IN_SDK
    if gcloud := which("gcloud"):
        yield Path(gcloud).resolve().parents[1] / _IN_SDK
    yield home / "google-cloud-sdk" / _IN_SDK
    for root in _SDKS:
        yield Path(root) / "google-cloud-sdk" / _IN_SDK
    cache = Path(environment.get("FIREBASE_EMULATORS_PATH") or home / ".cache/firebase/emulators")
    yield from sorted(cache.glob("cloud-firestore-emulator-v*.jar"), key=_version, reverse=True)


def _version(jar: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", jar.stem)]


def _java(environment: Mapping[str, str], which: Callable[[str], str | None]) -> str | None:
    at_home = Path(environment.get("JAVA_HOME") or os.devnull) / "bin/java"
    return str(at_home) if os.access(at_home, os.X_OK) else which("java")
