"""What the demo sends: the seeds' four use cases, a silent message, and one from a template."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.demo.fleet import Device

AHEAD_MS = 5_000
# Made by who manages templates; the sender may fill in the text, and no more.
TEMPLATE: dict[str, Any] = {
    "name": "Bottle of the day",
    "allows": ["text"],
    "payload": {"notification": {"title": "Bottle of the day", "sound": "ping", "color": "#7b1e3a"}},
}


@dataclass(frozen=True)
class Campaign:
    """`meant` says which devices are, from what they registered with and nothing the backend says.

    `payload` is None for a silent message; `later` schedules it 5 s ahead; `template` is what says the rest.
    """

    name: str
    audience: str
    meant: Callable[[Device], bool]
    body: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] | None = None
    later: bool = False
    template: dict[str, Any] = field(default_factory=dict)

    def request(self, app: int, now_ms: int) -> dict[str, Any]:
        """The body to post."""
        payload = {} if self.payload is None else {"payload": self.payload}
        later = {"sendOn": now_ms + AHEAD_MS} if self.later else {}
        return {"appId": app, "name": self.name, **self.body, **payload, **later}

    @property
    def shown(self) -> tuple[str, str]:
        """Title and body."""
        notification = self.template.get("payload", {}).get("notification", {}) | (self.payload or {}).get(
            "notification", {}
        )
        return notification.get("title", ""), notification.get("body", "")


def campaigns(android_tag: str, template: str) -> list[Campaign]:
    """`android_tag` is the id under which the backend keeps the tag Platform Name: android, `template` TEMPLATE's."""
    return [
        Campaign(
            "Your table is ready",
            "aliases alias1, alias2",
            lambda device: device.alias in ("alias1", "alias2"),
            {"aliases": ["alias1", "alias2"]},
            _text("Your table is ready", "Ana, we kept the one by the window.", sound="carme"),
        ),
        Campaign(
            "Autumn wines",
            "everybody",
            _everybody,
            payload=_text("Autumn wines", "Twelve bottles you have never tried 🍷", color="#7b1e3a")
            | {"data": {"url": "https://example.com/wines", "extra": {"offer": 12}}},
        ),
        Campaign(
            "One-tap reorder",
            "tag by id",
            _android,
            {"filterTags": [{"id": android_tag}]},
            _text("Reorder in one tap", "Your last order waits on the home screen."),
        ),
        Campaign(
            "Widget",
            "tag by name and value",
            _android,
            {"filterTags": [{"name": "Platform name", "value": "Android"}]},
            _text("A widget for tonight", "Tonight's menu, without opening the app."),
        ),
        Campaign(
            "A Rioja from 2016",
            "all, from a template",
            _everybody,
            {"template": template},
            {"notification": {"body": "A Rioja from 2016, only today."}},
            template=TEMPLATE,
        ),
        Campaign("Refresh the menu", "everybody, silently", _everybody),
        Campaign(
            "Happy hour",
            "everybody, in 5 s",
            _everybody,
            payload=_text("Happy hour starts now", "Two for one until seven. Cheers!", sound="modular"),
            later=True,
        ),
    ]


def _everybody(_: Device) -> bool:
    return True


def _android(device: Device) -> bool:
    return device.platform == "android"


def _text(title: str, body: str, **more: str) -> dict[str, Any]:
    return {"notification": {"title": title, "body": body, **more}}
