"""What a phone is to be sent: what the domain cannot judge without the app, the template or the platforms."""

from push.domain.app import App
from push.domain.errors import invalid
from push.domain.notification import SOUNDS
from push.domain.payload import Payload
from push.domain.rendering import (
    FCM_PLATFORMS,
    MAX_PAYLOAD_BYTES,
    MAX_SNS_BYTES,
    MAX_TTL_S,
    SNS_PLATFORMS,
    Content,
    render,
    render_sns,
    size,
    sns_size,
)
from push.domain.schedule import Schedule


def check_sound(payload: Payload | None, app: App) -> None:
    sound = payload.notification.sound if payload else None
    if sound is not None and sound not in SOUNDS and sound not in app.sounds:
        raise invalid("/payload/notification/sound", "must be one of HALO's sounds, or of the app's own list")


def check_content(schedule: Schedule) -> None:
    """A message has one place for it, and Android unpacks `extra` over all places."""
    data = schedule.payload.data if schedule.payload and schedule.content else None
    for place, taken in (("content", data and data.custom), ("extra/content", data and data.extra)):
        if taken and "content" in taken:
            raise invalid(f"/payload/data/{place}", "is where the schedule's own content is passed on: say one of them")


def check_size(content: Content, now: int) -> None:
    """What a phone is sent must fit, on whichever platform it is longest."""
    sizes = {platform.value: size(render(content, platform, MAX_TTL_S, now // 1_000)) for platform in FCM_PLATFORMS}
    if max(sizes.values()) > MAX_PAYLOAD_BYTES:
        told = ", ".join(f"{bytes_:,} bytes on {platform}" for platform, bytes_ in sizes.items())
        raise invalid("/payload", f"does not fit: {told}, and FCM carries {MAX_PAYLOAD_BYTES:,}")


def check_sns_size(content: Content, app: App) -> None:
    """The same for the platforms that the app reaches through Amazon SNS; what others carry does not matter."""
    for platform in SNS_PLATFORMS:
        if platform in app.sns_applications.by_platform:
            bytes_, most = sns_size(render_sns(content, platform, MAX_TTL_S)), MAX_SNS_BYTES[platform]
            if bytes_ > most:
                raise invalid("/payload", f"does not fit: {bytes_:,} bytes on {platform}, which carries {most:,}")
