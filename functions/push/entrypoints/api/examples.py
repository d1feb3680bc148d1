"""Examples of requests and answers, for the documentation. The tests send each of them."""

from typing import Any

APP = 2
TAG_ID = "56deeb7e669aee2a00bc82ec"
DEVICE_ID = "57fb592ff53f3f002aa99d78"
SCHEDULE_ID = "58a1c3b2e4b0f5a6d7c8e9f0"
NOTIFICATION = {"title": "Autumn wines", "body": "Twelve new bottles are in", "sound": "adara", "badge": 1}

TOKENS: dict[str, Any] = {
    "An app": {"grant_type": "client_credentials", "client_id": "CLIENT ID", "client_secret": "CLIENT SECRET"},
    "A person or server": {"grant_type": "password", "username": "admin", "password": "PASSWORD"},
    "Again, without credentials": {"grant_type": "refresh_token", "refresh_token": "REFRESH TOKEN"},
}
REVOKED: dict[str, Any] = {"A refresh token": {"token": "REFRESH TOKEN", "token_type_hint": "refresh_token"}}
TOKEN_ANSWER: dict[str, Any] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.signature",
    "refresh_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.signature",
    "expires_in": 86_400_000,
    "scope": "app",
    "token_type": "Bearer",
}

ALIAS = "anonymous-0f2e4d6c8ba907182635445362718190"
DEVICES: dict[str, Any] = {
    "First start": {
        "devices": [{"platform": "android", "token": "FCM registration token"}],
        "tags": [{"name": "Platform Name", "value": "android"}, {"name": "Device Model", "value": "Pixel 9"}],
        "replaceTokens": True,
    },
    "With an alias, and a Firebase installation id": {
        "alias": "alias1",
        "email": "ann@example.com",
        "installations": [{"platform": "ios", "fid": "cJ8z1QmZTkWqXb0s"}],
        "location": "52.37,4.90",
    },
    "Nothing but a market": {"tags": [{"id": "000000000000000000000308", "name": "Spain"}]},
}
DEVICE_ANSWER: dict[str, Any] = {
    "id": DEVICE_ID,
    "appId": APP,
    "alias": ALIAS,
    "email": None,
    "devices": [{"platform": "android", "token": "FCM registration token"}],
    "tags": [{"id": TAG_ID, "name": "Platform Name", "value": "android", "tagType": "000000000000000000000001"}],
    "location": "52.37,4.90",
    "customerId": 1,
    "createdAt": 1_476_090_159_082,
    "updatedAt": 1_476_090_159_082,
    "deletedAt": None,
}
DELETED_DEVICE: dict[str, Any] = DEVICE_ANSWER | {
    "deletedAt": 1_486_992_630_019,
    "job": "58a1c3b2e4b0f5a6d7c8e9f1",
}
DEVICE_EXPORT: dict[str, Any] = {
    "device": DEVICE_ANSWER | {"user": None, "seenAt": 1_476_090_159_082, "stale": None, "dead": None},
    "locale": "nl",
    "timezone": "Europe/Amsterdam",
    "failures": [{"schedule": SCHEDULE_ID, "platform": "android", "kind": "rejected", "code": "INVALID_ARGUMENT"}],
    "activity": [
        {
            "schedule": SCHEDULE_ID,
            "platform": "android",
            "receipt": 1_486_992_631_204,
            "open": 1_486_992_688_517,
            "dismiss": None,
        }
    ],
    "truncated": False,
}
DEVICE_PAGE: dict[str, Any] = {
    "pagination": {
        "page": 1,
        "limit": 10,
        "offset": 0,
        "nextCursor": "WyIwZjJlNGQ2YzhiYTkwNzE4MjYzNTQ0NTM2MjcxODE5ZiJd",
    },
    "items": [{k: v for k, v in DEVICE_ANSWER.items() if v is not None} | {"seenAt": 1_476_090_159_082, "stale": True}],
}

NEW_TAGS: dict[str, Any] = {
    "A user tag": {"name": "Club", "value": "Gold", "description": "Members since 2010"},
    "Of another type": {"name": "Device Type", "value": "Watch", "tagType": "000000000000000000000001"},
}
TAG_CHANGES: dict[str, Any] = {"Another description": {"description": "Members since 2009"}}
TAG_ANSWER: dict[str, Any] = {
    "id": TAG_ID,
    "name": "Club",
    "value": "Gold",
    "tagType": "000000000000000000000002",
    "description": "Members since 2010",
}
TAG_DETAIL: dict[str, Any] = TAG_ANSWER | {"devices": {"estimate": 5_120, "asOf": 1_486_992_630_019}}
JOB_ANSWER: dict[str, Any] = {
    "id": "58a1c3b2e4b0f5a6d7c8e9f1",
    "kind": "untag-devices",
    "subject": TAG_ID,
    "state": "running",
    "done": 1_200,
    "startedAt": 1_486_992_630_019,
}
TAG_PAGE: dict[str, Any] = {
    "pagination": {"page": 1, "limit": 10, "offset": 0, "totalItems": 1, "totalPages": 1},
    "items": [TAG_ANSWER],
}

SCHEDULES: dict[str, Any] = {
    "To certain users, by alias": {
        "appId": APP,
        "name": "Name of the push notification",
        "aliases": ["alias1", "alias2"],
    },
    "To everybody using the app": {"appId": APP, "name": "Name of the push notification"},
    "To a group, by the id of a tag": {"appId": APP, "name": "My push to Android", "filterTags": [{"id": TAG_ID}]},
    "To a group, by name and value of a tag": {
        "appId": APP,
        "name": "My push to Android",
        "filterTags": [{"name": "Platform name", "value": "Android"}],
    },
    "At a certain time": {"appId": APP, "name": "Name of the push notification", "sendOn": 1_486_992_630_019},
    "With something to show": {
        "appId": APP,
        "name": "Autumn wines",
        "payload": {
            "notification": {**NOTIFICATION, "color": "#7b1e3a", "click_action": "OPEN_WINES"},
            "data": {
                "url": "https://example.com/wines",
                "image": {"url": "https://example.com/wines.jpg", "layout": "expanded"},
                "extra": {"campaign": "autumn"},
                "shelf": 7,
            },
        },
    },
    "Silent, to wake the app": {
        "appId": APP,
        "name": "Content has changed",
        "payload": {"data": {"content_available": 1, "extra": {"sync": True}}},
        "onUnknown": "resend",
    },
    "From a template": {
        "appId": APP,
        "name": "Six bottles for the price of five",
        "template": "58a1c3b2e4b0f5a6d7c8e9f1",
        "payload": {"notification": {"body": "Six for the price of five"}},
    },
    "To tell of content that was published": {
        "appId": APP,
        "name": "The autumn list",
        "content": "autumn-wines-2026",
        "filterTags": [{"id": TAG_ID}],
        "payload": {"notification": NOTIFICATION},
    },
    "A draft": {"appId": APP, "name": "Winter wines", "draft": True, "payload": {"notification": NOTIFICATION}},
}
SCHEDULE_EDITS: dict[str, Any] = {
    "Another text, to other users": {
        "appId": APP,
        "name": "Autumn wines",
        "aliases": ["alias1", "alias3"],
        "payload": {"notification": {**NOTIFICATION, "body": "Eleven new bottles are in"}},
    },
    "Another time": {"appId": APP, "name": "Autumn wines", "sendOn": 1_986_992_630_019},
}
ALIAS_SCHEDULES: dict[str, Any] = {
    "To one user": {
        "appId": APP,
        "name": "Your order is ready",
        "aliases": ["alias1"],
        "payload": {"notification": {"title": "Your order is ready", "body": "Collect it until six", "sound": ""}},
    }
}
SCHEDULE_ANSWER: dict[str, Any] = {
    "id": SCHEDULE_ID,
    "appId": APP,
    "name": "Autumn wines",
    "state": "scheduled",
    "sendOn": 1_486_992_630_019,
    "expiresAt": 1_487_079_030_019,
    "createdAt": 1_486_992_630_019,
    "updatedAt": 1_486_992_630_019,
    "payload": {"notification": NOTIFICATION, "data": {}},
    "filterTags": [],
    "aliases": ["alias1", "alias2"],
    "audience": {"kind": "aliases", "count": 2},
    "counts": {
        "targeted": 0, "failed": 0, "accepted": 0, "dead": 0, "rejected": 0, "misconfigured": 0, "unknown": 0,
        "noSuchDevice": 0, "expired": 0, "stale": 0,
    },
    "reasons": {},
}  # fmt: skip
ACTIVITY: dict[str, Any] = {
    "It came": {"device": ALIAS, "schedule": SCHEDULE_ID, "action": "receipt", "platform": "android"},
    "It was opened": {"device": ALIAS, "schedule": SCHEDULE_ID, "action": "open", "platform": "ios"},
    "It was put away": {"device": ALIAS, "schedule": SCHEDULE_ID, "action": "dismiss", "platform": "android"},
}
PAGE_ANSWER: dict[str, Any] = {
    "pagination": {"page": 1, "limit": 10, "offset": 0, "totalItems": 1, "totalPages": 1},
    "items": [{k: v for k, v in SCHEDULE_ANSWER.items() if k not in ("aliases", "counts", "reasons")}],
}
CANCELLED_ANSWER = SCHEDULE_ANSWER | {"state": "cancelled", "reason": "cancelled by its sender"}
# A broadcast whose canary was halted: whom FCM rejected then keep their outcome.
RESUMED_ANSWER = {k: v for k, v in SCHEDULE_ANSWER.items() if k != "aliases"} | {
    "state": "sending",
    "audience": {"kind": "everybody", "count": 52_480},
    "counts": SCHEDULE_ANSWER["counts"] | {"targeted": 500, "failed": 500, "rejected": 500},
    "reasons": {"INVALID_ARGUMENT": 500},
    "shards": {"done": 0, "total": 4},
}
