"""Examples of what identified users ask for and are answered. The tests send each of them."""

from typing import Any

from push.entrypoints.api.core_examples import page
from push.entrypoints.api.examples import ALIAS, APP, DEVICE_EXPORT, DEVICE_ID, DEVICE_PAGE, TOKEN_ANSWER

USER_ID = "identified-57fb592ff53f3f002aa99d78"
_PROFILE = {"email": "ann@example.com", "name": "Ann", "surname": "Lee"}
REGISTER: dict[str, Any] = {
    "With an email and a password": {
        "auth": {"network": "halo", "email": "ann@example.com", "password": "LONG AND RANDOM", "deviceId": ALIAS},
        "profile": _PROFILE | {"displayName": "Ann Lee", "photoUrl": "https://example.com/ann.png"},
    },
    "With Google, whose token the local stack takes like this": {
        "auth": {"network": "google", "token": '{"sub": "117", "email": "ann@example.com", "email_verified": true}'},
        "profile": _PROFILE,
    },
}
LOGINS: dict[str, Any] = {
    "With Google, whose token the local stack takes like this": {
        "network": "google",
        "token": '{"sub": "117", "email": "ann@example.com", "email_verified": true}',
        "deviceId": ALIAS,
    },
    "With Facebook, alike": {
        "network": "facebook",
        "token": '{"sub": "200", "email": "ann@example.com", "email_verified": true}',
        "deviceId": ALIAS,
    },
    "With an email and a password": {
        "network": "halo", "email": "ann@example.com", "password": "LONG AND RANDOM", "deviceId": ALIAS,
    },
}  # fmt: skip
USER_ANSWER: dict[str, Any] = {
    "id": USER_ID,
    **_PROFILE,
    "displayName": "Ann Lee",
    "photoUrl": "https://example.com/ann.png",
}
SCHEDULES: dict[str, Any] = {
    "To all devices of two users": {
        "appId": APP,
        "name": "Your order",
        "users": [USER_ID, "identified-57fb592ff53f3f002aa99d79"],
        "payload": {"notification": {"title": "Your order", "body": "It is on its way"}},
    },
}
USER_DETAIL: dict[str, Any] = USER_ANSWER | {
    "appId": APP,
    "disabled": False,
    "createdAt": 1_476_090_159_082,
    "updatedAt": 1_476_090_159_082,
}
USER_PAGE: dict[str, Any] = page(USER_DETAIL)
USER_CHANGES: dict[str, Any] = {
    "Another name": {"surname": "Moss", "displayName": "Ann Moss"},
    "Lock out": {"disabled": True},
}
DELETED_USER: dict[str, Any] = USER_DETAIL | {"job": "58a1c3b2e4b0f5a6d7c8e9f1"}
_DEVICE: dict[str, Any] = DEVICE_PAGE["items"][0] | {"user": USER_ID}
USER_DEVICES: dict[str, Any] = DEVICE_PAGE | {"items": [_DEVICE]}
LINKS: dict[str, Any] = {
    "By alias": {"aliases": [ALIAS]},
    "Some of each": {"aliases": [ALIAS], "devices": [DEVICE_ID]},
}
LINKED: dict[str, Any] = {"items": [_DEVICE], "unknown": ["alias9"]}
UNLINKED: dict[str, Any] = DEVICE_PAGE["items"][0]
USER_EXPORT: dict[str, Any] = {
    "user": USER_DETAIL,
    "identity": "Jx8bqV0mPQWn4ZrKc3eT5yLsU1a2",
    "devices": [DEVICE_EXPORT],
}
LOGIN_ANSWER: dict[str, Any] = {"user": USER_ANSWER, "token": TOKEN_ANSWER}
