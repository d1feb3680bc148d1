"""Devices, under both names that HALO's SDKs call them by."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from push.domain.account import Caller
from push.domain.device import Device
from push.domain.errors import TooManyRequests
from push.entrypoints.api import docs, examples
from push.entrypoints.api.addresses import client_address
from push.entrypoints.api.bodies import read, same_as_path
from push.entrypoints.api.callers import DeviceCaller, PortsOf, app_of
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.device_answers import DeviceOut, device_out
from push.entrypoints.api.schemas.devices import DeviceIn
from push.entrypoints.api.schemas.wire import MAX_INT
from push.ports import Ports
from push.usecases.read_device import read_device
from push.usecases.register_device import register_device
from push.usecases.spend import Spending
from push.usecases.update_device import update_device

router = APIRouter(tags=["Devices"])

# Phones and tablets say appuser, JavaScript says device.
PATHS = ("/segmentation/appuser", "/segmentation/device")
AppQuery = Annotated[
    int | None, Query(alias="appId", ge=0, le=MAX_INT, description="for accounts; an app's token knows its app")
]
_TAKES = docs.takes(DeviceIn, examples.DEVICES) | docs.BEARER


async def post(request: Request, ports: PortsOf, caller: DeviceCaller, app: AppQuery = None) -> Response:
    """Creates a device (201), or answers the one that the `id` names (200).

    An alias that another device has is answered 409, unless the app's alias policy is open.
    """
    body = await read(request, DeviceIn)
    registered = await register_device(
        app_of(caller, body.app_id, app),
        body.sync(),
        body.tag_refs(),
        apps=ports.apps,
        devices=ports.devices,
        tags=ports.tags,
        clock=ports.clock,
        spending=spending_of(request, caller, ports),
        user=caller.user,
    )
    return _answer(registered.device, 201 if registered.created else 200)


async def put(request: Request, ports: PortsOf, caller: DeviceCaller, id: str, app: AppQuery = None) -> Response:
    """Changes what is sent, and leaves the rest."""
    body = await read(request, DeviceIn)
    same_as_path("id", body.id, id)
    device = await update_device(
        app_of(caller, body.app_id, app),
        id,
        body.sync(),
        body.tag_refs(),
        apps=ports.apps,
        devices=ports.devices,
        tags=ports.tags,
        clock=ports.clock,
        spending=spending_of(request, caller, ports),
    )
    return _answer(device)


async def get(ports: PortsOf, caller: DeviceCaller, id: str, app: AppQuery = None) -> Response:
    """The whole device."""
    return _answer(await read_device(app_of(caller, app), id, devices=ports.devices))


def spending_of(request: Request, caller: Caller, ports: Ports) -> Spending | None:
    """An app's secret ships in every copy of it, so its clients are limited; accounts are not."""
    return None if caller.app is None else Spending(caller.app, (client_address(request) or ""), ports.spent)


def _answer(device: Device, status: int = 200) -> Response:
    out = device_out(device)
    return respond(out, status, without=() if out.installations else ("installations",))


for path in PATHS:
    _written = docs.failed(*docs.WRITE_ERRORS, TooManyRequests) | docs.answered(200, examples.DEVICE_ANSWER)
    router.add_api_route(
        path,
        post,
        methods=["POST"],
        status_code=201,
        response_model=DeviceOut,
        summary="Register a device",
        responses=_written | docs.answered(201, examples.DEVICE_ANSWER),
        openapi_extra=_TAKES,
        operation_id=f"register{path.replace('/', '_')}",
    )
    router.add_api_route(
        path + "/{id}",
        put,
        methods=["PUT"],
        response_model=DeviceOut,
        summary="Update a device",
        responses=_written,
        openapi_extra=_TAKES,
        operation_id=f"update{path.replace('/', '_')}",
    )
    router.add_api_route(
        path + "/{id}",
        get,
        methods=["GET"],
        response_model=DeviceOut,
        summary="Read a device",
        responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.DEVICE_ANSWER),
        openapi_extra=docs.BEARER,
        operation_id=f"read{path.replace('/', '_')}",
    )
