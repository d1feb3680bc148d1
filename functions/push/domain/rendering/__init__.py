"""What a phone is sent, platform by platform."""

from push.domain.rendering.content import AndroidDisplay, Content
from push.domain.rendering.fcm import FCM_PLATFORMS, MAX_PAYLOAD_BYTES, MAX_TTL_S, Rendering, render, size
from push.domain.rendering.sns import MAX_SNS_BYTES, SNS_PLATFORMS, SnsMessage, render_sns, sns_size

__all__ = [
    "FCM_PLATFORMS",
    "MAX_PAYLOAD_BYTES",
    "MAX_SNS_BYTES",
    "MAX_TTL_S",
    "SNS_PLATFORMS",
    "AndroidDisplay",
    "Content",
    "Rendering",
    "SnsMessage",
    "render",
    "render_sns",
    "size",
    "sns_size",
]
