"""`python -m infra.package [--providers sns]`: what is deployed, as one archive in `.local/dist`.

The same source makes the same archive, byte by byte, so whoever deploys it sees by its hash whether anything changed.
"""

import argparse
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROVIDERS = ("sns",)
PINS = "requirements.txt"
# The first moment that an archive can name; when files were written is nobody's business.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_ONE_PIN = re.compile(r"^\S.*\n(?:\s+.*\n)*", re.MULTILINE)


def package(source: Path, directory: Path, providers: Sequence[str] = ()) -> Path:
    """Writes the archive of `source`, as a whole or not at all, and answers where it is."""
    directory.mkdir(parents=True, exist_ok=True)
    archive = directory / f"{'-'.join(['functions', *sorted(set(providers))])}.zip"
    begun = archive.with_suffix(".part")
    # Not compressed: what a compressor makes of the same bytes depends on its build.
    with zipfile.ZipFile(begun, "w", zipfile.ZIP_STORED) as writing:
        for name, content in sorted(contents(source, providers)):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.external_attr, entry.create_system = _MODE, 3
            writing.writestr(entry, content)
    begun.replace(archive)
    return archive


def contents(source: Path, providers: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Names and contents: the code, and one file with the pins of all that it needs."""
    yield "main.py", (source / "main.py").read_bytes()
    yield (
        PINS,
        "".join(_pins(source, [PINS, *(f"requirements-{provider}.txt" for provider in sorted(providers))])).encode(),
    )
    for path in (source / "push").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(source).as_posix(), path.read_bytes()


def _pins(source: Path, files: Sequence[str]) -> list[str]:
    """Those of all files, each with its hashes, and none twice: they were compiled to agree."""
    return list(dict.fromkeys(pin for name in files for pin in pins((source / name).read_text())))


def pins(text: str) -> list[str]:
    """Those of one file, each with its hashes."""
    return _ONE_PIN.findall(text)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description="The archive that is deployed.")
    parser.add_argument(
        "--providers", nargs="*", choices=PROVIDERS, default=[], help="what sends beside FCM (sns: Amazon SNS)"
    )
    parser.add_argument("--to", type=Path, default=ROOT / ".local" / "dist", help="directory of the archive")
    given = parser.parse_args(words)
    archive = package(ROOT / "functions", given.to, given.providers)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    sys.stdout.write(f"{archive} ({archive.stat().st_size / 1024:,.0f} KiB, sha256 {digest})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
