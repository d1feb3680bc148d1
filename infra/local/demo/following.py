"""Waiting until everything is sent and heard of, and showing how far it is."""

import asyncio
import time
from collections.abc import Sequence

from infra.local.demo.integration import Integration
from infra.local.demo.phones import Phones
from infra.local.demo.played import Played
from infra.local.demo.progress import Showing
from infra.local.demo.readers import Readers
from infra.local.trouble import Broke

PATIENCE = 60.0  # seconds until everything must be sent
_HEARD = 15.0  # seconds until what phones reported must be counted: the API remembers a count for 10
_ASK_EVERY = 0.2  # seconds
_RECEIPTS, _OPENS = "receipts come in", "opens come in"


async def follow(
    integration: Integration, phones: Phones, readers: Readers, played: Sequence[Played], showing: Showing
) -> None:
    """Raises Broke when something is not sent in time. What is not heard of in time is for the checks to tell."""
    seen, by_id = 0, {one.id: one for one in played}
    begun = sent = time.monotonic()
    while not all(one.over and one.heard_all for one in played):
        for one in played:
            if not one.over:
                await _ask(integration, phones, one, showing)
        arrivals = await phones.arrivals(after=seen)
        seen += len(arrivals)
        await readers.report(arrivals, by_id)
        for one in played:
            if one.over and not one.heard_all:
                one.results = await integration.results(one.id)
                _tell(one, showing)
        _tell_all(played, showing)
        left = [one for one in played if not one.over]
        sent = time.monotonic() if left else sent
        if left and time.monotonic() - begun > PATIENCE:
            named = ", ".join(f"{one.campaign.name} ({one.state})" for one in left)
            raise Broke(f"After {PATIENCE:g} s these are not sent: {named}. See the logs of send and deliver.")
        if time.monotonic() - sent > _HEARD:
            return
        await asyncio.sleep(_ASK_EVERY)


async def _ask(integration: Integration, phones: Phones, one: Played, showing: Showing) -> None:
    answer = await integration.read(one.id)
    one.state, one.counts = answer["state"], answer.get("counts", {})
    showing.advance(one.campaign.name, one.state, await phones.accepted(one.id), len(one.expected))


def _tell(one: Played, showing: Showing) -> None:
    """What the API says of it by now."""
    if one.heard_all:
        rates = one.results["rates"]
        told = f"{one.state}, {rates.get('receipt', 0):.0%} received, {rates.get('open', 0):.0%} opened"
        showing.advance(one.campaign.name, told, one.counts.get("accepted", 0), len(one.expected))


def _tell_all(played: Sequence[Played], showing: Showing) -> None:
    for what, heard, all_ in (
        (_RECEIPTS, sum(one.heard[0] for one in played), sum(len(one.received) for one in played)),
        (_OPENS, sum(one.heard[1] for one in played), sum(len(one.opened) for one in played)),
    ):
        showing.advance(what, "counted" if heard == all_ else "counting", heard, all_)
