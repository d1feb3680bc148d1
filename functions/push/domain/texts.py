"""Texts of a payload: empty ones mean absent, and what is none can be written as one."""

import json
from typing import Annotated, Any

from pydantic import BeforeValidator


def as_text(value: Any) -> str:
    """A custom value as FCM carries it: texts as they are, everything else as JSON text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def present(value: Any) -> Any:
    """An object without its nulls: to HALO's clients null means absent."""
    return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


def absent_if_empty(value: Any) -> Any:
    return None if value == "" else value


Text = Annotated[str | None, BeforeValidator(absent_if_empty)]
