"""Tables as CSV (RFC 4180), as safe to open in a spreadsheet as they are to read by a program."""

import csv
import io
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv"
# A spreadsheet takes what begins so for a formula (OWASP, *CSV Injection*).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def rows(values: Iterable[Sequence[str]]) -> str:
    """Lines that end in CRLF; a value with a comma, a quote or a line break is quoted."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(value) for value in row] for row in values)
    return out.getvalue()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def wanted(accept: str) -> bool:
    """Whether an Accept header asks for CSV rather than JSON."""
    named = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return MEDIA_TYPE in named and "application/json" not in named[: named.index(MEDIA_TYPE)]
