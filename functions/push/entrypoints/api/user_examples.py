"""Examples of what identified users ask for and are answered. The tests send each of them."""

from typing import Any

from push.entrypoints.api.examples import ALIAS, APP, TOKEN_ANSWER

USER_ID = "identified-57fb592ff53f3f002aa99d78"
_PROFILE = {"email": "ann@example.com", "name": "Ann", "surname": "Lee"}
REGISTER: dict[str, Any] = {
    "With an email and a password": {
        "auth": {"network": "halo", "email": "ann@example.com", "password": "LONG AND RANDOM", "deviceId": ALIAS},
        "profile": _PROFILE | {"displayName": "Ann Lee", "photoUrl": "https://example.com/ann.png"},
    },
    "With a Google account": {
        "auth": {"network": "google", "token": '{"sub": "117", "email": "ann@example.com", "email_verified": true}'},
        "profile": _PROFILE,
    },
}
LOGINS: dict[str, Any] = {
    "With Google": {
        "network": "google",
        "token": '{"sub": "117", "email": "ann@example.com", "email_verified": true}',
        "deviceId": ALIAS,
    },
    "With Facebook": {
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
LOGIN_ANSWER: dict[str, Any] = {"user": USER_ANSWER, "token": TOKEN_ANSWER}
