"""Endpoints: under which address Amazon knows a target (Amazon SNS, *Create a platform endpoint*).

Made, and then repaired, in the order that Amazon recommends: an endpoint may have been there before, disabled, or with
another token than the phone has by now.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from push.adapters.sns.calls import Calls
from push.domain.device import Platform, Target

_EXISTS = re.compile(r"Endpoint (arn:\S+) already exists with the same Token")


class NotAddressable(Exception):
    """The target's value lacks what Amazon wants of this platform."""


class _Address(NamedTuple):
    """`token` as Amazon wants it, and the `attributes` that an endpoint of the target has."""

    token: str
    attributes: Mapping[str, str]


def belongs(endpoint: str, application: str) -> bool:
    """Whether an endpoint is one of this platform application: an app may be given another."""
    return endpoint.startswith(application.replace(":app/", ":endpoint/", 1) + "/")


async def address(application: str, target: Target, *, calls: Calls, deadline: float) -> str:
    """The ARN of an endpoint that is enabled and has the target's token. Raises NotAddressable, and what `calls` do."""
    wanted = _address_of(target)
    attributes = {name: value for name, value in wanted.attributes.items() if name != "Token"}
    try:
        endpoint = await calls.create_endpoint(
            deadline, PlatformApplicationArn=application, Token=wanted.token, Attributes=attributes
        )
    except Exception as error:
        found = _EXISTS.search(str(error))
        if found is None:
            raise
        endpoint = found[1]
    has = await calls.endpoint_attributes(deadline, endpoint)
    enabled = str(has.get("Enabled")).lower() == "true"
    if not enabled or any(has.get(name) != value for name, value in wanted.attributes.items()):
        await calls.set_endpoint_attributes(deadline, endpoint, {**wanted.attributes, "Enabled": "true"})
    return endpoint


def _address_of(target: Target) -> _Address:
    """Baidu tells a phone two ids, and Amazon wants both; as in Amazon's own samples they come as one text."""
    if target.platform is not Platform.BAIDU:
        return _Address(target.value, {"Token": target.value})
    channel, _, user = target.value.partition("|")
    if not channel or not user:
        raise NotAddressable
    return _Address(channel, {"ChannelId": channel, "UserId": user})
