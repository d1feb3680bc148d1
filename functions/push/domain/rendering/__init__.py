"""What a phone is sent, platform by platform (contract §6)."""

from push.domain.rendering.content import AndroidDisplay, Content
from push.domain.rendering.fcm import FCM_PLATFORMS, MAX_PAYLOAD_BYTES, MAX_TTL_S, Rendering, render, size

__all__ = [
    "FCM_PLATFORMS",
    "MAX_PAYLOAD_BYTES",
    "MAX_TTL_S",
    "AndroidDisplay",
    "Content",
    "Rendering",
    "render",
    "size",
]
