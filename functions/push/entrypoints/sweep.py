"""The `sweep` function: Cloud Scheduler calls it each minute, and people by hand: with `?dryRun=true` it only says what
it would do."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from push.bootstrap import Container
from push.domain.errors import Invalid
from push.entrypoints.private import answered, serve
from push.usecases.look import Look
from push.usecases.sweep import Swept, Turn, first_turn
from push.usecases.sweep import sweep as sweep_once
from push.usecases.tasks import Answer

_DRY_RUN = {(): False, ("false",): False, ("true",): True}


async def sweep(request: Request) -> Response:
    return await serve(request, _sweep)


async def _sweep(request: Request, ports: Container) -> Response:
    dry = dry_run(request)
    swept = await swept_by(ports, first_turn(ports.clock), dry)
    return answered(Answer.DONE, **(_would(swept) if dry else did(swept)))


async def swept_by(ports: Container, turn: Turn, dry: bool = False) -> Swept:
    """One call, whichever function is called."""
    return await sweep_once(
        turn,
        clock=ports.clock,
        runs=ports.runs,
        ledger=ports.ledger,
        audience=ports.audience,
        jobs=ports.jobs,
        tasks=ports.tasks,
        ramp=ports.settings.ramp,
        lease_s=ports.settings.lease_s,
        dry=dry,
    )


def dry_run(request: Request) -> bool:
    """Raises Invalid for anything else: who mistypes it must not have it done."""
    unknown = sorted({*request.query_params} - {"dryRun"})
    dry = _DRY_RUN.get(tuple(request.query_params.getlist("dryRun")))
    if dry is None or unknown:
        raise Invalid("sweep takes one parameter: dryRun=true says what it would do, dryRun=false does it")
    return dry


def did(swept: Swept) -> dict[str, Any]:
    return {
        "runs": len(swept.runs.looks),
        "jobs": len(swept.jobs.looks),
        "more": swept.more,
        "goesOn": swept.goes_on,
    }


def _would(swept: Swept) -> dict[str, Any]:
    return {
        "dryRun": True,
        "runs": [_told(look, "state") for look in swept.runs.looks],
        "jobs": [_told(look, "kind") for look in swept.jobs.looks],
        "more": swept.more,
    }


def _told(look: Look, what: str) -> dict[str, Any]:
    told: dict[str, Any] = {"id": look.id, what: look.what, "would": list(look.words)}
    return told if look.error is None else told | {"error": look.error}
