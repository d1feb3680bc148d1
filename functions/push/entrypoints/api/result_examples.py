"""Examples of what became of notifications, for the documentation. The tests send each of them."""

from typing import Any

from push.entrypoints.api.examples import APP, DEVICE_ID, SCHEDULE_ANSWER, SCHEDULE_ID

ARCHIVE: dict[str, Any] = {"Several schedules": {"schedules": [SCHEDULE_ID, "58a1c3b2e4b0f5a6d7c8e9f1"]}}
RESULTS_ANSWER: dict[str, Any] = {
    "id": SCHEDULE_ID,
    "appId": APP,
    "name": "Autumn wines",
    "state": "sent",
    "counts": SCHEDULE_ANSWER["counts"] | {"targeted": 1_000, "failed": 40, "accepted": 960, "dead": 40},
    "reasons": {"UNREGISTERED": 40},
    "activity": {"receipt": 900, "open": 120, "dismiss": 48},
    "rates": {"receipt": 0.9375, "open": 0.125, "dismiss": 0.05},
    "receipts": {"mode": "all"},
    "timings": {
        "askedAt": 1_486_992_630_019,
        "dueAt": 1_486_992_630_019,
        "startedAt": 1_486_992_630_410,
        "firstKnownAt": 1_486_992_630_822,
        "lastKnownAt": 1_486_992_632_640,
        "finishedAt": 1_486_992_632_655,
    },
    "asOf": 1_486_996_200_000,
}
ARCHIVE_ANSWER: dict[str, Any] = {"items": [RESULTS_ANSWER], "unknown": ["58a1c3b2e4b0f5a6d7c8e9f1"]}
FAILURES_ANSWER: dict[str, Any] = {
    "items": [
        {
            "target": "6f1d0c9a2b7e4853a1c0d9e8f7b6a594",
            "device": DEVICE_ID,
            "platform": "android",
            "kind": "dead",
            "code": "UNREGISTERED",
            "named": "",
        },
        {
            "target": "device-7e1ae0c1d2b3a4958677869504132211",
            "device": "",
            "platform": "",
            "kind": "noSuchDevice",
            "code": "NO_SUCH_DEVICE",
            "named": "alias2",
        },
    ],
    "nextCursor": "6f1d0c9a2b7e4853a1c0d9e8f7b6a594",
}
STATISTICS_ANSWER: dict[str, Any] = {
    "appId": APP,
    "days": [
        {"day": "2017-02-13", "runs": 3, "targeted": 1_000, "accepted": 960, "failed": 40, "asOf": 1_487_030_400_000}
    ],
}
STATUS_ANSWER: dict[str, Any] = {
    "asOf": 1_486_996_200_000,
    "queues": {
        "send": {"tasks": 12, "dueForMs": 0},
        "deliver": {"tasks": 480, "dueForMs": 2_400},
        "urgent": {"tasks": 0, "dueForMs": 0},
        "work": None,
    },
    "runs": {"due": 1, "late": 0, "sending": 1, "halted": 0},
    "outcomes": {
        "since": 1_486_992_600_000,
        "ended": 41,
        "sending": 1,
        "targeted": 812_000,
        "accepted": 809_500,
        "failed": 2_500,
        "reasons": {"UNREGISTERED": 2_460, "INVALID_ARGUMENT": 40},
    },
    "oldestUnfinishedShard": {"run": SCHEDULE_ID, "shard": "17", "dueSince": 1_486_996_182_000},
    "versions": {"api": "0.2.0", "revision": "api-00042-xyz", "dataFormat": 2, "python": "3.11.7"},
    "notes": {"queues.work": "Cloud Tasks does not tell of its queue (PermissionDenied)"},
}
