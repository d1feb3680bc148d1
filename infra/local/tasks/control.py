"""The control port: what goes on, the public key, and the faults to inject."""

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.identity import Identity
from infra.local.tasks import status
from infra.local.tasks.behaviour import Behaviour
from infra.local.tasks.dispatcher import Dispatcher
from infra.local.tasks.sender import Sender
from infra.local.tasks.store import Store


def app(store: Store, dispatcher: Dispatcher, sender: Sender, identity: Identity) -> Starlette:
    good = sender.behaviour

    async def overview(request: Request) -> Response:
        statuses = status.queues(store, dispatcher)
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(status.page(statuses))
        return JSONResponse({"queues": [one.model_dump(by_alias=True) for one in statuses]})

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def certs(_: Request) -> Response:
        return JSONResponse(identity.certs())

    async def behaviour(request: Request) -> Response:
        if request.method == "PUT":
            try:
                sender.behaviour = Behaviour.model_validate_json(await request.body())
            except ValidationError as error:
                return JSONResponse({"detail": _sentence(error)}, 400, media_type="application/problem+json")
        elif request.method == "DELETE":
            sender.behaviour = good
        return JSONResponse(sender.behaviour.model_dump(by_alias=True))

    return Starlette(
        routes=[
            Route("/", overview),
            Route("/health", health),
            Route("/certs", certs),
            Route("/behaviour", behaviour, methods=["GET", "PUT", "DELETE"]),
        ]
    )


def _sentence(error: ValidationError) -> str:
    known = ", ".join(field.alias or name for name, field in Behaviour.model_fields.items())
    faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors())
    return f"{faults}. Known fields: {known}."
