"""JSON as Google's front end takes it: no NaN, no half surrogate pairs, at most 100 levels deep."""

import json
from typing import Any, NoReturn

DEPTH = 100


def parse(text: str) -> Any:
    """Raises ValueError; where the text is not JSON at all, its subclass json.JSONDecodeError says where.

    A key that is given twice counts once, with its last value.
    """
    try:
        parsed = json.loads(text, parse_constant=_not_json)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if text.count("{") + text.count("[") > DEPTH and _too_deep(parsed):
        raise ValueError("nested too deeply")
    if "\\ud" in text.lower():
        json.dumps(parsed, ensure_ascii=False).encode()  # UnicodeEncodeError, a ValueError, for half a pair
    return parsed


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH + 1):
        level = [
            item
            for outer in level
            if isinstance(outer, dict | list)
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)
