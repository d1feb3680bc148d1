"""What Amazon SNS publishes to phones without Play services (Amazon SNS, *Publishing with platform-specific payload*).

The text is made once for a platform and serves every target of it: an address names the target, not the message.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from push.domain.device import Platform
from push.domain.rendering.content import Content
from push.domain.rendering.data import for_android, shown_on_android

SNS_PLATFORMS = (Platform.ADM, Platform.BAIDU)
# Amazon Device Messaging, *Send a Message*; Baidu Cloud Push, *Message structure*.
MAX_SNS_BYTES: Mapping[Platform, int] = {Platform.ADM: 6 * 1_024, Platform.BAIDU: 4 * 1_024}
# Amazon SNS takes two weeks at most, Baidu keeps a message for one.
_MAX_TTL_S: Mapping[Platform, int] = {Platform.ADM: 14 * 24 * 3_600, Platform.BAIDU: 7 * 24 * 3_600}
_APP_MESSAGE, _ALERT = "0", "1"
_PRODUCTION = "2"
_OPENS_APP = 2


class SnsMessage(NamedTuple):
    """`body` is what the platform's own service gets, as JSON text; `attributes` are Amazon's message attributes."""

    platform: Platform
    body: str
    attributes: Mapping[str, str]

    @property
    def text(self) -> str:
        """The `Message` of a Publish whose MessageStructure is json. Amazon demands a `default`."""
        return _json({"default": "", self.platform.name: self.body})


def render_sns(content: Content, platform: Platform, ttl_s: int) -> SnsMessage:
    """`ttl_s` is for how long a phone may still get it; Amazon takes off what the message waits there."""
    ttl_s = max(1, min(ttl_s, _MAX_TTL_S[platform]))
    return _baidu(content, ttl_s) if platform is Platform.BAIDU else _adm(content, ttl_s)


def sns_size(message: SnsMessage) -> int:
    """Bytes that count against the platform's limit."""
    return len(message.body.encode())


def _adm(content: Content, ttl_s: int) -> SnsMessage:
    """Fire devices are Android: their app reads the same `data`, all of it text."""
    body = {
        "data": for_android(content) | shown_on_android(content),
        "consolidationKey": content.collapse_key,
        "expiresAfter": ttl_s,
    }
    return SnsMessage(Platform.ADM, _json(body), {"AWS.SNS.MOBILE.ADM.TTL": str(ttl_s)})


def _baidu(content: Content, ttl_s: int) -> SnsMessage:
    """Baidu shows an alert itself, and hands the rest to the app; a message without text is for the app alone."""
    data = for_android(content) | shown_on_android(content)
    alert = not content.silent and content.payload is not None and content.payload.has_text
    body: dict[str, Any] = {"custom_content": data}
    if alert:
        title, text = data.pop("title", ""), data.pop("body", "")
        # The text is what Baidu demands; without a title it shows the app's name.
        body = {"title": title, "description": text or title, "open_type": _OPENS_APP} | body
    attributes = {
        "AWS.SNS.MOBILE.BAIDU.TTL": str(ttl_s),
        "AWS.SNS.MOBILE.BAIDU.DeployStatus": _PRODUCTION,
        "AWS.SNS.MOBILE.BAIDU.MessageType": _ALERT if alert else _APP_MESSAGE,
        "AWS.SNS.MOBILE.BAIDU.MessageKey": content.collapse_key,
    }
    return SnsMessage(Platform.BAIDU, _json(body), attributes)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
