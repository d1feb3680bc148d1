"""What the private functions share: who may call them, what they are given, how they answer.

Cloud Run's own check (`roles/run.invoker`) comes first; this one holds when that is misconfigured. A 2xx ends a task;
everything else makes Cloud Tasks ask again.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from push import logs
from push.bootstrap import Container, container
from push.domain.errors import Malformed, MethodNotAllowed, Misconfigured, PushError, Unauthenticated
from push.usecases.tasks import VERSION, Answer, Task

_MAX_BODY = 4_096


async def serve(request: Request, work: Callable[[Request, Container], Awaitable[Response]]) -> Response:
    """Runs `work` for the deployment's own invoker. Nothing escapes: the framework would answer twice."""
    try:
        logs.begin_request(request.headers)
        if request.method != "POST":
            raise MethodNotAllowed("this function is called by Cloud Tasks or Cloud Scheduler, with POST")
        ports = container()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("this function needs the OIDC token of the deployment's invoker")
        await ports.invokers.verify(token.strip())
        return await work(request, ports)
    except Malformed as error:
        # It will never work, so it must not be asked for again; the log says that it was there.
        logs.event("task-malformed", "ERROR", error=error.detail)
        return JSONResponse({"code": error.code, "detail": error.detail}, 200)
    except Misconfigured as error:
        # By the name that it has in the log of api: no call will do better until somebody deploys.
        logs.event("misconfigured", "CRITICAL", error=error.detail)
        return JSONResponse({"code": error.code, "detail": error.detail}, error.status)
    except PushError as error:
        logs.event("request-failed", "WARNING" if error.status < 500 else "ERROR", error=error.detail, code=error.code)
        return JSONResponse({"code": error.code, "detail": error.detail}, error.status, headers=_headers(error))
    except Exception as error:  # noqa: BLE001  the last line of defence
        logs.event("request-crashed", "ERROR", error=error)
        return JSONResponse({"code": "internal", "detail": "unexpected error; see the log"}, 500)


async def read_task(request: Request) -> Task:
    """The task in the request. Raises Malformed; for an unknown version a PushError: a newer release takes it."""
    body = await request.body()
    if len(body) > _MAX_BODY:
        raise Malformed("a task is a small JSON object")
    try:
        task = Task.model_validate(json.loads(body))
    except (ValueError, ValidationError) as error:
        raise Malformed("a task is a JSON object of v, id and epoch") from error
    if task.v != VERSION:
        raise PushError(f"task format {task.v} is not known to this release")
    return task


def answered(answer: Answer, **fields: Any) -> Response:
    return JSONResponse({"answer": answer.name.lower(), **fields}, answer.value)


def _headers(error: PushError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return {"Allow": "POST"} if isinstance(error, MethodNotAllowed) else {}
