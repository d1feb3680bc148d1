"""FCM has said 429, or refuses our access token at the moment: nothing is sent for that project until it wants to be
asked again (FCM, *ErrorCode*)."""

from collections.abc import Sequence

from push import logs
from push.domain.outcome import QUOTA_EXCEEDED, UNAUTHENTICATED, Kind, Outcome
from push.domain.pace import pause_s
from push.ports import Clock, Pace

_OF_THE_PROJECT = (QUOTA_EXCEEDED, UNAUTHENTICATED)


async def heed_quota(project: str, outcomes: Sequence[Outcome], *, pace: Pace, clock: Clock) -> None:
    """Other projects go on. What goes wrong here stops nobody: what was refused is tried again in any case."""
    asked = [o.after_s for o in outcomes if o.kind is Kind.RETRY and o.code in _OF_THE_PROJECT]
    if not asked:
        return
    until = clock.now() + int(1000 * pause_s(max(asked)))
    try:
        if await pace.hold(project, until):
            logs.event("project-paused", "WARNING", project=project, until=until, refused=len(asked))
    except Exception as error:  # noqa: BLE001
        logs.event("project-not-paused", "ERROR", error=error, project=project)
