"""A gRPC server that refuses every call, and remembers when each came and how long its caller would wait."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import grpc


class Call(NamedTuple):
    method: str
    at: float
    patience_s: float


class Refusing(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, code: grpc.StatusCode) -> None:
        self.calls: list[Call] = []
        self._code = code

    def service(self, call: Any) -> Any:
        method = call.method.rpartition("/")[2]

        async def refuse(_: bytes, context: Any) -> bytes:
            self.calls.append(Call(method, time.monotonic(), context.time_remaining()))
            await context.abort(self._code, "refused")
            raise AssertionError

        return grpc.unary_unary_rpc_method_handler(refuse)

    @property
    def lasted_s(self) -> float:
        return self.calls[-1].at - self.calls[0].at


@asynccontextmanager
async def refusing(code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> AsyncIterator[tuple[str, Refusing]]:
    """Its host:port, and what it heard."""
    server, handler = grpc.aio.server(), Refusing(code)
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}", handler
    finally:
        await server.stop(None)
