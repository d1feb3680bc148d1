"""What arrived: the FCM emulator's inbox and its phones."""

from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Arrival:
    """One message that FCM accepted: when (ms), for which target, of which schedule."""

    at: int
    target: str
    schedule: str


@dataclass(frozen=True)
class Shown:
    """What a phone displays of one message; nothing but the fact when it is silent."""

    schedule: str
    silent: bool
    title: str
    body: str


class Phones:
    def __init__(self, fcm: str, http: httpx.AsyncClient) -> None:
        self._fcm, self._http = fcm, http

    async def accepted(self, schedule: str) -> int:
        answer = await self._http.get(f"{self._fcm}/inbox/counts", params={"scheduleId": schedule})
        return int(answer.raise_for_status().json()["accepted"])

    async def arrivals(self, after: int = 0) -> list[Arrival]:
        """All but the first `after`."""
        answer = await self._http.get(f"{self._fcm}/inbox", params={"after": after})
        return [
            Arrival(entry["at"], entry["target"], entry["message"].get("data", {}).get("scheduleId", ""))
            for entry in answer.raise_for_status().json()
        ]

    async def shown(self, target: str) -> list[Shown]:
        """Oldest first."""
        answer = await self._http.get(f"{self._fcm}/phones/{target}")
        return [
            Shown(one["scheduleId"], one["silent"], one.get("title", ""), one.get("body", ""))
            for one in reversed(answer.raise_for_status().json()["shown"])
        ]
