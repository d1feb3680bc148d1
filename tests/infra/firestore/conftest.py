"""Firestore as web pages reach it: over REST, by the ID token of whoever signed in, past our rules."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from push.domain.account import Right

RULES = Path(__file__).parents[3] / "infra" / "firestore.rules"
# Roles that somebody made, beside HALO's three: one that may look, one for tags, and one for each right alone.
CUSTOM = {"analyst": [Right.STATISTICS], "tagger": [Right.TAGS]} | {f"only-{right}": [right] for right in Right}
# What Firebase Authentication says of those who are no operators; `gone` has a role that nobody made.
OTHERS: dict[str, dict[str, Any]] = {
    "gone": {"role": "gone"},
    "number": {"role": 5},
    "path": {"role": "analyst/made/up"},
    "unclaimed": {},
    "anonymous": {"firebase": {"sign_in_provider": "anonymous", "identities": {}}},
}


# The emulator's report tells every value of every expression: it is taken before it has grown large.
_CALLS_A_REPORT = 400


class Rules:
    """Our rules in a project of their own. Each call answers whether it was let through."""

    def __init__(self, host: str) -> None:
        self.text = RULES.read_text()
        self.said: dict[tuple[int, int], set[str]] = {}
        self._project = f"rules-{secrets.token_hex(4)}"
        self._http = HTTPConnection(host, timeout=20)
        self._documents = f"/v1/projects/{self._project}/databases/(default)/documents"
        self._calls = 0
        self._load()
        for name, rights in CUSTOM.items():
            self.store(f"roles/{name}", {"v": 1, "name": name, "rights": rights})

    def store(self, path: str, fields: Mapping[str, Any]) -> None:
        """As the functions do, past the rules, whatever stood there."""
        assert self._call("owner", "PATCH", f"/{path}", _document(fields))

    def get(self, who: str, path: str) -> bool:
        return self._call(who, "GET", f"/{path}")

    def list(self, who: str, path: str, limit: int | None = 10, **equal: str) -> bool:
        """The collection that the document at `path` is in, or those of it in which fields have these values."""
        folder, _, _ = path.rpartition("/")
        parent, _, collection = folder.rpartition("/")
        query: dict[str, Any] = {"from": [{"collectionId": collection}]}
        for name, value in equal.items():
            condition = {"field": {"fieldPath": name}, "op": "EQUAL", "value": _value(value)}
            query["where"] = {"fieldFilter": condition}
        if limit is not None:
            query["limit"] = limit
        return self._call(who, "POST", f"{'/' * bool(parent)}{parent}:runQuery", {"structuredQuery": query})

    def create(self, who: str, path: str, fields: Mapping[str, Any]) -> bool:
        return self._call(who, "PATCH", f"/{path}?currentDocument.exists=false", _document(fields))

    def update(self, who: str, path: str, fields: Mapping[str, Any], without: Sequence[str] = ()) -> bool:
        """Sets these fields, and removes others."""
        mask = "&".join(f"updateMask.fieldPaths={name}" for name in (*fields, *without))
        return self._call(who, "PATCH", f"/{path}?currentDocument.exists=true&{mask}", _document(fields))

    def delete(self, who: str, path: str) -> bool:
        return self._call(who, "DELETE", f"/{path}")

    def coverage(self) -> dict[tuple[int, int], set[str]]:
        """Where each expression stands in the text, and what it has been so far: `True`, `False`, or another kind of
        value. That it was an error, or was not come to, is nothing."""
        report = self._send("GET", f"/emulator/v1/projects/{self._project}:ruleCoverage")
        pending = report["report"]
        while pending:
            each = pending.pop()
            at = each["sourcePosition"]
            said = self.said.setdefault((at["currentOffset"], at["endOffset"]), set())
            for value in each.get("values", ()):
                said |= {str(it) if kind == "boolValue" else kind for kind, it in value.get("value", {}).items()}
            pending += each.get("children", ())
        for said in self.said.values():
            said.discard("undefined")
        # Begins a new one.
        self._load()
        return self.said

    def close(self) -> None:
        self._http.close()

    def _load(self) -> None:
        content = {"rules": {"files": [{"name": RULES.name, "content": self.text}]}}
        self._send("PUT", f"/emulator/v1/projects/{self._project}:securityRules", content)

    def _call(self, who: str, method: str, path: str, body: Any = None) -> bool:
        self._calls += 1
        if self._calls % _CALLS_A_REPORT == 0:
            self.coverage()
        headers = {} if who == "nobody" else {"Authorization": f"Bearer {self._token(who)}"}
        return self._send(method, quote(self._documents + path, safe="/:?&=()@"), body, headers) is not None

    def _send(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """What was answered, None for what is forbidden."""
        content = None if body is None else json.dumps(body)
        self._http.request(method, path, content, {"Content-Type": "application/json", **(headers or {})})
        answer = self._http.getresponse()
        text = answer.read().decode()
        if answer.status == 403:
            return None
        assert answer.status == 200, text
        return json.loads(text)

    def _token(self, who: str) -> str:
        """Unsigned: the emulator takes those. A role's name stands for somebody who has it."""
        if who == "owner":
            return who
        claims = {
            "iss": f"https://securetoken.google.com/{self._project}", "aud": self._project, "sub": who, "user_id": who,
            "iat": 1, "exp": 2**33, "firebase": {"sign_in_provider": "password", "identities": {}},
        }  # fmt: skip
        claims |= OTHERS.get(who, {"role": who})
        return f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."


@pytest.fixture(scope="session")
def rules(firestore_emulator: str) -> Iterator[Rules]:
    made = Rules(firestore_emulator)
    yield made
    made.close()


@pytest.fixture
def unwatched(firestore_emulator: str) -> Iterator[Rules]:
    """For what is so large that a report, which repeats it by the hundred, would take seconds."""
    made = Rules(firestore_emulator)
    yield made
    made.close()


def _encoded(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _document(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"fields": {name: _value(value) for name, value in fields.items()}}


def _value(value: Any) -> dict[str, Any]:
    """As Firestore's REST API writes it."""
    if value is None:
        return {"nullValue": None}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"integerValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, datetime):
        return {"timestampValue": value.isoformat()}
    if isinstance(value, Mapping):
        return {"mapValue": _document(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {"stringValue": str(value)}
