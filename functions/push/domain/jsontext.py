"""Reading JSON that strangers wrote: strictly by RFC 8259, and nothing that would break whoever reads it later."""

import json
import math
import re
from typing import Any

# Deeper than any message needs to be, and far from where Python's own recursion ends.
MAX_DEPTH = 100
# Python itself refuses to read or write integers of more than some thousand digits.
_DIGITS = 1_000
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class LoneSurrogate(ValueError):
    """Half a surrogate pair at `pointer` (RFC 6901): no text, so nothing can store or send it."""

    def __init__(self, pointer: str) -> None:
        super().__init__("holds half a surrogate pair, which is no text")
        self.pointer = pointer


def read(text: str) -> Any:
    """The value that `text` holds. Raises LoneSurrogate, and ValueError with a sentence for everything else."""
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError(f"nested more than {MAX_DEPTH} deep") from None
    suspicious = _ESCAPED_SURROGATE.search(text) is not None
    if suspicious or text.count("[") + text.count("{") > MAX_DEPTH:
        _check(value)
    return value


def escape(key: object) -> str:
    """A key or index as one step of a JSON pointer. Half surrogate pairs become question marks."""
    return str(key).replace("~", "~0").replace("/", "~1").encode(errors="replace").decode()


def unescape(step: str) -> str:
    """What a step of a JSON pointer names."""
    return step.replace("~1", "/").replace("~0", "~")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _check(value: Any) -> None:
    """Level by level, for recursion is what a nesting bomb is after."""
    level: list[tuple[str, Any]] = [("", value)]
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[str, Any]] = []
        for pointer, item in level:
            if isinstance(item, dict):
                for key, child in item.items():
                    step = f"{pointer}/{escape(key)}"
                    if _SURROGATE.search(key):
                        raise LoneSurrogate(step)
                    below.append((step, child))
            elif isinstance(item, list):
                below += [(f"{pointer}/{index}", child) for index, child in enumerate(item)]
            elif isinstance(item, str) and _SURROGATE.search(item):
                raise LoneSurrogate(pointer)
        level = below
        if not level:
            return
    raise ValueError(f"nested more than {MAX_DEPTH} deep")
