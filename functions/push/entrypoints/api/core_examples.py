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
        "skipStale": True,
        "sounds": ["cork"],
        "limits": {"tagsPerDevice": 50, "newDevicesPerAddressPerHour": 100},
        "receipts": {"mode": "sampled", "rate": 0.1},
    },
}
APP_CHANGES: dict[str, Any] = {
    "Another Firebase project": {"firebaseProject": "wines-next"},
    "Users may log in": {"firebaseApiKey": "AIzaSyD-the-Web-API-key-of-wines-prod"},
    "Fire devices too, by Amazon SNS": {"snsApplications": {"adm": "arn:aws:sns:eu-west-1:123456789012:app/ADM/wines"}},
    "No receipts, no sounds of its own": {"receipts": {"mode": "off"}, "sounds": []},
}
APP_ANSWER: dict[str, Any] = {
    "id": 12,
    "name": "Wines",
    "firebaseProject": "wines-prod",
    "firebaseApiKey": "AIzaSyD-the-Web-API-key-of-wines-prod",
    "snsApplications": {"adm": "arn:aws:sns:eu-west-1:123456789012:app/ADM/wines", "baidu": None},
    "androidDisplay": "data",
    "aliasPolicy": "locked",
    "clientMayPush": False,
    "skipStale": False,
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
    "deleting": None,
}  # fmt: skip
DELETED_APP: dict[str, Any] = APP_ANSWER | {"job": "58a1c3b2e4b0f5a6d7c8e9f1"}
APP_PAGE: dict[str, Any] = page(APP_ANSWER)
SECRET_ANSWER: dict[str, Any] = {
    "id": "9c8b7a695f4e3d2c1b0a9f8e",
    "clientId": "5f1f3b5c2f9a4d0c8e7b6a59",
    "clientSecret": "64 HEX DIGITS, NEVER TOLD AGAIN",
    "createdAt": 1_476_090_159_082,
}

ACCOUNTS: dict[str, Any] = {
    "An integration server": {
        "username": "etl",
        "password": "LONG AND RANDOM",
        "role": "editor",
        "ipRanges": ["192.0.2.0/24", "2001:db8::/32"],
    },
    "A person": {"username": "ann@example.com", "password": "LONG AND RANDOM", "role": "manager"},
}
ACCOUNT_CHANGES: dict[str, Any] = {
    "Another role, from anywhere": {"role": "manager", "ipRanges": []},
    "Disable it": {"disabled": True},
}
PASSWORDS: dict[str, Any] = {"A new password": {"password": "LONGER AND RANDOM"}}
OWN_PASSWORDS: dict[str, Any] = {"Mine": {"oldPassword": "a person's password", "password": "LONGER AND RANDOM"}}
ACCOUNT_ANSWER: dict[str, Any] = {
    "id": "57fb592ff53f3f002aa99d79",
    "username": "etl",
    "role": "editor",
    "ipRanges": ["192.0.2.0/24", "2001:db8::/32"],
    "disabled": False,
    "createdAt": 1_476_090_159_082,
}
ACCOUNT_PAGE: dict[str, Any] = page(ACCOUNT_ANSWER)
SELF_ANSWER: dict[str, Any] = ACCOUNT_ANSWER | {"rights": ["push-notifications", "segmented-push", "push-with-content"]}

ROLES: dict[str, Any] = {
    "Who keeps tags and devices": {
        "name": "librarian",
        "description": "Tags and devices, no notifications",
        "rights": ["tags", "devices"],
    }
}
ROLE_CHANGES: dict[str, Any] = {"Statistics too": {"rights": ["tags", "devices", "statistics"]}}
ROLE_ANSWER: dict[str, Any] = {
    "name": "librarian",
    "description": "Tags and devices, no notifications",
    "rights": ["tags", "devices"],
    "fixed": False,
    "createdAt": 1_476_090_159_082,
}
ROLE_PAGE: dict[str, Any] = page(ROLE_ANSWER)

AUDIT_PAGE: dict[str, Any] = page(
    {
        "id": "5f1f3b5c2f9a4d0c8e7b6a5a",
        "at": 1_476_090_159_082,
        "actor": "ann@example.com",
        "action": "update",
        "resource": "app",
        "resourceId": "12",
        "appId": 12,
        "changes": {
            "firebaseProject": {"before": "wines-prod", "after": "wines-next"},
            "clients": {"before": "***", "after": "***"},
        },
    }
)
