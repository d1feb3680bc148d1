"""The deployment as its Terraform files say it, read without Terraform: an expression stays a text, `${…}`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "terraform"

_OPTIONS = hcl2.SerializationOptions(explicit_blocks=False, strip_string_quotes=True)


@cache
def _read(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = hcl2.loads(path.read_text(), serialization_options=_OPTIONS)
    return found


def files() -> list[Path]:
    return [path for path in sorted(FOLDER.rglob("*.tf")) if ".terraform" not in path.parts]


def local_values() -> dict[str, Any]:
    """Those of the root module."""
    return {
        name: value
        for path in sorted(FOLDER.glob("*.tf"))
        for block in _read(path).get("locals", [])
        for name, value in block.items()
    }


def variables(folder: Path = FOLDER) -> dict[str, Mapping[str, Any]]:
    return {
        name: body
        for path in sorted(folder.glob("*.tf"))
        for block in _read(path).get("variable", [])
        for name, body in block.items()
    }


def resources() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Type, name and body of every resource, those of modules included."""
    for path in files():
        for block in _read(path).get("resource", []):
            for kind, named in block.items():
                for name, body in named.items():
                    yield kind, name, body
