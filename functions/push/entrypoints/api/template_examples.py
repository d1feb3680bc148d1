"""Examples of templates, for the documentation."""

from typing import Any

TEMPLATES: dict[str, Any] = {
    "An offer": {
        "name": "Offer",
        "allows": ["text", "image", "url"],
        "filterTags": [{"name": "Platform Name", "value": "android"}],
        "payload": {"notification": {"title": "Only today", "sound": "ping", "color": "#7b1e3a"}},
    },
    "Silent, to wake the app": {"name": "Refresh", "silent": True, "allows": ["extra"]},
}
TEMPLATE_ID = "58a1c3b2e4b0f5a6d7c8e9f1"
TEMPLATE_ANSWER: dict[str, Any] = {
    "id": TEMPLATE_ID,
    "name": "Offer",
    "silent": False,
    "allows": ["text", "url", "image"],
    "filterTags": [{"name": "Platform Name", "value": "android"}],
    "payload": {"notification": {"title": "Only today", "sound": "ping", "color": "#7b1e3a"}, "data": {}},
    "createdAt": 1_486_992_630_019,
    "updatedAt": 1_486_992_630_019,
}
TEMPLATE_PAGE: dict[str, Any] = {
    "pagination": {"page": 1, "limit": 10, "offset": 0, "totalItems": 1, "totalPages": 1},
    "items": [TEMPLATE_ANSWER],
}
