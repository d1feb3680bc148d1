"""To whom somebody sends: everybody, aliases, users, or who carries some tags."""

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from infra.halo import tags
from infra.halo.client import Api
from infra.halo.texts import count, moment
from infra.halo.trouble import Usage

# The API takes no more in one notification.
MOST = 10_000
_LONGEST_LINE = 1_000
_LOOKED_BACK = 100


def audience(aliases: Sequence[str], file: str | None, users: Sequence[str], filters: Sequence[str]) -> dict[str, Any]:
    """As the API takes it, empty for everybody. Raises Usage for two kinds at once, and for an empty file: it was to
    reach somebody, and must not become a broadcast."""
    if bool(aliases) + bool(file) + bool(users) > 1:
        raise Usage("Say one of --alias, --aliases-from and --user.")
    body: dict[str, Any] = {}
    if file is not None:
        body["aliases"] = read_aliases(file)
    elif aliases:
        body["aliases"] = list(aliases)
    elif users:
        body["users"] = list(users)
    if filters:
        body["filterTags"] = [tags.parse(each) for each in filters]
    return body


def read_aliases(file: str) -> list[str]:
    """One a line; `-` is stdin. Raises Usage."""
    try:
        if file == "-":
            lines = _few(sys.stdin)
        else:
            with Path(file).open(encoding="utf-8-sig") as opened:
                lines = _few(opened)
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Usage(f"{file} is no text in UTF-8.") from None
    if len(lines) > MOST:
        raise Usage(f"{file} has more than {count(MOST)} lines: split it, and send to each part.")
    found = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not found:
        raise Usage(f"{file} names no alias. To reach everybody, name nobody.")
    return found


def _few(lines: Any) -> list[str]:
    return list(islice(iter(lambda: lines.readline(_LONGEST_LINE), ""), MOST + 1))


def reached_before(api: Api, app: int) -> str:
    """How many that may be, by the app's last broadcast; the API counts nobody who is not being sent to."""
    for items, _ in api.pages("api/push/schedule", _LOOKED_BACK, appId=app, state="sent"):
        for one in items:
            counts = one.get("counts")
            if one["audience"]["kind"] == "everybody" and not one["filterTags"] and counts:
                return f"the last broadcast went to {count(counts['targeted'])} targets, {moment(one.get('sentAt'))}"
    return "nothing was sent to everybody lately, so nobody knows how many that are"
