"""Looking devices up and deleting them: for accounts, never for an app's own client."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from push.domain.account import Caller, Right
from push.domain.device_search import DeviceSearch
from push.entrypoints.api import docs, examples
from push.entrypoints.api.callers import Needs, PortsOf, app_of
from push.entrypoints.api.devices import PATHS, AppQuery
from push.entrypoints.api.paging import PagingOf, respond_page
from push.entrypoints.api.responses import respond
from push.entrypoints.api.schemas.device_answers import (
    DeletedDeviceOut,
    ExportOut,
    FoundDeviceOut,
    device_out,
    export_out,
    found_device_out,
)
from push.entrypoints.api.schemas.devices import PlatformIn
from push.entrypoints.api.schemas.pages import Page
from push.usecases.delete_device import delete_device
from push.usecases.export_device import export_device
from push.usecases.search_devices import search_devices

router = APIRouter(tags=["Devices"])

DeviceKeeper = Annotated[Caller, Depends(Needs(Right.DEVICES))]
_MOST_TAGS = 30
_TEXT = 128


async def search(
    ports: PortsOf,
    caller: DeviceKeeper,
    paging: PagingOf,
    app: AppQuery = None,
    alias: Annotated[
        str | None, Query(min_length=1, max_length=_TEXT + 1, description="whole, or its beginning and a `*`")
    ] = None,
    tag: Annotated[
        list[Annotated[str, Field(max_length=_TEXT)]] | None,
        Query(max_length=_MOST_TAGS, description="id of a tag; of several, all are carried"),
    ] = None,
    platform: Annotated[
        PlatformIn | None, Query(description="one that a target of the device is of, in any case")
    ] = None,
    user: Annotated[str | None, Query(max_length=_TEXT, description="id of an identified user")] = None,
) -> Response:
    """All that is asked for must hold. A page may hold fewer devices than `limit` and still have a `nextCursor`."""
    paging.unnumbered()
    begins = alias is not None and alias.endswith("*")
    wanted = DeviceSearch(
        alias=None if begins else alias,
        alias_prefix=alias[:-1] if alias is not None and begins else None,
        tags=tuple(tag or ()),
        platform=platform,
        user=user,
    )
    # Among aliases that begin alike a device stands by its alias, else by its key.
    after = paging.at(str, ends_in_id=not begins)
    found = await search_devices(
        app_of(caller, app),
        wanted,
        paging.limit,
        None if after is None else after[0],
        apps=ports.apps,
        devices=ports.devices,
        clock=ports.clock,
    )
    items = [found_device_out(device, found.now) for device in found.devices]
    return respond_page(paging, items, None, found.next)


async def delete(ports: PortsOf, caller: DeviceKeeper, id: str, app: AppQuery = None) -> Response:
    """Answers the device as it was, with `deletedAt`. It gets no notification any more; a phone that is still in use
    registers anew. What notifications keep about it goes in the background: `api/jobs/{job}` says how far that is."""
    deleted = await delete_device(
        app_of(caller, app), id,
        devices=ports.devices, endpoints=ports.endpoints, jobs=ports.jobs, tasks=ports.tasks, clock=ports.clock,
    )  # fmt: skip
    out = device_out(deleted.device, ports.clock.now())
    answer = DeletedDeviceOut(**out.model_dump(), job=deleted.job.id)
    return respond(answer, without=() if out.installations else ("installations",))


async def export(ports: PortsOf, caller: DeviceKeeper, id: str, app: AppQuery = None) -> Response:
    """All that is kept about the device. Audit and logs hold keyed hashes only."""
    exported = await export_device(app_of(caller, app), id, devices=ports.devices, traces=ports.traces)
    return respond(export_out(exported, ports.clock.now()))


for path in PATHS:
    router.add_api_route(
        path,
        search,
        methods=["GET"],
        response_model=Page[FoundDeviceOut] | list[FoundDeviceOut],
        summary="Search devices",
        responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.DEVICE_PAGE),
        openapi_extra=docs.BEARER,
        operation_id=f"search{path.replace('/', '_')}",
    )
    router.add_api_route(
        path + "/{id}",
        delete,
        methods=["DELETE"],
        response_model=DeletedDeviceOut,
        summary="Delete a device",
        responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.DELETED_DEVICE),
        openapi_extra=docs.BEARER,
        operation_id=f"delete{path.replace('/', '_')}",
    )
    router.add_api_route(
        path + "/{id}/export",
        export,
        methods=["GET"],
        response_model=ExportOut,
        summary="Export what is kept about a device",
        responses=docs.failed(*docs.READ_ERRORS) | docs.answered(200, examples.DEVICE_EXPORT),
        openapi_extra=docs.BEARER,
        operation_id=f"export{path.replace('/', '_')}",
    )
