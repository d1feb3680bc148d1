"""Where a request comes from."""

from starlette.requests import Request


def client_address(request: Request) -> str | None:
    """The last address in X-Forwarded-For, which Google's front end puts there: those before it are whatever the client
    claims. Behind a load balancer of one's own the last one is that balancer's. Without the header, the peer's address.
    """
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    if forwarded:
        return forwarded.rpartition(",")[2].strip()
    return request.client.host if request.client else None
