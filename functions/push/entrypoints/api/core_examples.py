"""Examples of `core` requests and answers: apps, accounts and roles. The tests send each of them."""

from typing import Any


def page(item: dict[str, Any]) -> dict[str, Any]:
    """A list with one entry."""
    return {
        "pagination": {"page": 1, "limit": 10, "offset": 0, "totalItems": 1, "totalPages": 1},
        "items": [_said(item)],
    }


def _said(value: dict[str, Any]) -> dict[str, Any]:
    """Lists leave out what says nothing."""
    known = {name: _said(each) if isinstance(each, dict) else each for name, each in value.items()}
    return {name: each for name, each in known.items() if each is not None}


APPS: dict[str, Any] = {
    "For HALO's SDK": {"name": "Wines", "firebaseProject": "wines-prod"},
    "For a plain Firebase app, with an id of your own": {
        "id": 12,
        "name": "Wines on Firebase",
        "firebaseProject": "wines-prod",
        "androidDisplay": "notification",
        "aliasPolicy": "open",
        "clientMayPush": True,
        "sounds": ["cork"],
        "limits": {"tagsPerDevice": 50, "newDevicesPerAddressPerHour": 100},
        "receipts": {"mode": "sampled", "rate": 0.1},
    },
}
APP_CHANGES: dict[str, Any] = {
    "Another Firebase project": {"firebaseProject": "wines-next"},
    "No receipts, no sounds of its own": {"receipts": {"mode": "off"}, "sounds": []},
}
APP_ANSWER: dict[str, Any] = {
    "id": 12,
    "name": "Wines",
    "firebaseProject": "wines-prod",
    "androidDisplay": "data",
    "aliasPolicy": "locked",
    "clientMayPush": False,
    "sounds": ["cork"],
    "limits": {
        "tagsPerDevice": 50, "newDevicesPerHour": None, "newDevicesPerAddressPerHour": None, "newTagsPerHour": None,
    },
    "receipts": {"mode": "sampled", "rate": 0.1},
    "clients": [
        {
            "id": "5f1f3b5c2f9a4d0c8e7b6a59",
            "secrets": [{"id": "9c8b7a695f4e3d2c1b0a9f8e", "createdAt": 1_476_090_159_082}],
        }
    ],
    "createdAt": 1_476_090_159_082,
}  # fmt: skip
APP_PAGE: dict[str, Any] = page(APP_ANSWER)
SECRET_ANSWER: dict[str, Any] = {
    "id": "9c8b7a695f4e3d2c1b0a9f8e",
    "clientId": "5f1f3b5c2f9a4d0c8e7b6a59",
    "clientSecret": "64 HEX DIGITS, NEVER TOLD AGAIN",
    "createdAt": 1_476_090_159_082,
}
