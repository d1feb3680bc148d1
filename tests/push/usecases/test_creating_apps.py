"""Apps that are made at the same moment."""

import asyncio

from fakes.apps import FakeApps
from fakes.audit import FakeAudit
from fakes.clock import FakeClock
from push.domain.account import Caller
from push.domain.app import App
from push.usecases.create_app import create_app


class SlowApps(FakeApps):
    """Lets everybody look before anybody writes."""

    async def last(self) -> int:
        highest = await super().last()
        await asyncio.sleep(0)
        return highest


def test_apps_that_are_made_at_once_get_ids_of_their_own() -> None:
    apps, fields = SlowApps(), {"name": "Wines", "firebase_project": "wines"}

    async def play() -> list[App]:
        admin = Caller(subject="admin", role="admin")
        made = (create_app(admin, None, fields, apps=apps, audit=FakeAudit(), clock=FakeClock()) for _ in range(5))
        return await asyncio.gather(*made)

    assert sorted(app.id for app in asyncio.run(play())) == [1, 2, 3, 4, 5]
