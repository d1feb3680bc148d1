"""Looking for devices: what a search asks for, and which device answers to it."""

from pydantic import BaseModel, ConfigDict

from push.domain.device import Device, Platform


class DeviceSearch(BaseModel):
    """All that is said must hold. `alias` is the whole alias, `alias_prefix` its beginning; `tags` are ids."""

    model_config = ConfigDict(frozen=True)

    alias: str | None = None
    alias_prefix: str | None = None
    tags: tuple[str, ...] = ()
    platform: Platform | None = None
    user: str | None = None

    def finds(self, device: Device) -> bool:
        carried = {tag.id for tag in device.tags}
        return (
            self.alias in (None, device.alias)
            and (self.alias_prefix is None or device.alias.startswith(self.alias_prefix))
            and all(tag in carried for tag in self.tags)
            and (self.platform is None or any(target.platform is self.platform for target in device.targets))
            and self.user in (None, device.user)
        )
