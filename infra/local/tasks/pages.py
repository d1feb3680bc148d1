"""Page sizes and page tokens of the two lists."""

import base64
import binascii

from infra.local.tasks.refusal import INVALID, Refusal


def size(asked: int, most: int) -> int:
    """The page size for a request; 0 means the most."""
    if asked < 0:
        raise Refusal(INVALID, "page_size must not be negative.")
    return min(asked or most, most)


def token(position: str) -> str:
    """A token for the page after `position`, unreadable so that nobody makes one up."""
    return base64.urlsafe_b64encode(position.encode()).decode()


def position(token: str) -> str:
    """The position that `token` was made for, "" for the first page."""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refusal(INVALID, "page_token must come from the page before.") from error
