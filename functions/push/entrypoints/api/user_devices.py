"""Whose devices are: linked and unlinked by servers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.entrypoints.api import docs
from push.entrypoints.api import user_examples as examples
from push.entrypoints.api.bodies import read
from push.entrypoints.api.callers import Needs, PortsOf, app_of
from push.entrypoints.api.devices import AppQuery
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.device_answers import FoundDeviceOut, found_device_out
from push.entrypoints.api.schemas.pages import Page
from push.entrypoints.api.schemas.user_answers import LinkedOut, LinkIn, linked_out
from push.usecases.link_devices import link_devices, list_devices, remove_link

router = APIRouter(tags=["Identified users"])

Linker = Annotated[Caller, Depends(Needs(Right.APP_USERS, Right.DEVICES))]
_PATH = "/segmentation/identified/{userId}/devices"
_READ = docs.failed(*docs.READ_ERRORS)


@router.get(
    _PATH,
    response_model=Page[FoundDeviceOut] | list[FoundDeviceOut],
    summary="List a user's devices",
    responses=_READ | docs.answered(200, examples.USER_DEVICES),
    openapi_extra=docs.BEARER,
)
async def get_devices(
    ports: PortsOf,
    caller: Linker,
    userId: str,  # noqa: N803
    paging: PagingOf,
    app: AppQuery = None,
) -> Response:
    paging.unnumbered()
    found = await list_devices(
        app_of(caller, app), userId, paging.limit, paging.after(),
        users=ports.users, devices=ports.devices, clock=ports.clock,
    )  # fmt: skip
    return respond_page(paging, [found_device_out(device, found.now) for device in found.devices], None, found.next)


@router.post(
    _PATH,
    response_model=LinkedOut,
    summary="Link devices to a user",
    responses=docs.failed(*docs.WRITE_ERRORS) | docs.answered(200, examples.LINKED),
    openapi_extra=docs.takes(LinkIn, examples.LINKS) | docs.BEARER,
)
async def post_devices(
    request: Request, ports: PortsOf, caller: Linker, userId: str, app: AppQuery = None  # noqa: N803
) -> Response:  # fmt: skip
    """Those that exist are the user's from then on, whosever they were; those that do not are named in `unknown`."""
    body = await read(request, LinkIn)
    linked = await link_devices(
        app_of(caller, app),
        userId,
        list(dict.fromkeys(body.aliases)),
        list(dict.fromkeys(body.devices)),
        users=ports.users,
        devices=ports.devices,
        clock=ports.clock,
    )
    return respond(linked_out(linked), without_none=True)


@router.delete(
    _PATH + "/{deviceId}",
    response_model=FoundDeviceOut,
    summary="Unlink a device from a user",
    responses=_READ | docs.answered(200, examples.UNLINKED),
    openapi_extra=docs.BEARER,
)
async def remove_device(
    ports: PortsOf, caller: Linker, userId: str, deviceId: str, app: AppQuery = None  # noqa: N803
) -> Response:  # fmt: skip
    """Answers the device, which is nobody's then. Its next sync does not link it again, a login does."""
    device = await remove_link(
        app_of(caller, app), userId, deviceId, users=ports.users, devices=ports.devices, clock=ports.clock
    )
    return respond(found_device_out(device, ports.clock.now()), without_none=True)
