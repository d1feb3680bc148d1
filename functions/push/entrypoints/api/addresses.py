"""Where a request comes from."""

from starlette.requests import Request


def client_address(request: Request) -> str | None:
    """The address that Google's front end saw, as X-Forwarded-For ends with it: those before it are whatever the client
    claims. A load balancer of one's own (OWN_PROXIES) puts its own behind it; a request that cannot have come through
    it has no address, which no range holds. Without the header, the peer's address.
    """
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    if not forwarded:
        return request.client.host if request.client else None
    # Read from the end, where nobody but Google writes.
    hops = forwarded.rsplit(",", request.app.state.proxies + 1)
    return hops[-1 - request.app.state.proxies].strip() if len(hops) > request.app.state.proxies else None
