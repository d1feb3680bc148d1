"""Where a request comes from."""

from starlette.requests import Request


def address_of(request: Request) -> str:
    """The last address of X-Forwarded-For: Google's front end adds the one that it saw, behind whatever a client may
    have written there. Without one, the connection's own."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded or (request.client.host if request.client else "")
