"""The API as commands call it: with who asks, and its answers as JSON."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from infra.halo import problems
from infra.halo.credentials import Credentials
from infra.halo.surroundings import Surroundings
from infra.halo.wire import Wire

# The largest that the API answers.
PAGE = 100
Page = tuple[list[Any], str | None]


class Api:
    """Every call raises Trouble for what is no success."""

    def __init__(self, who: Credentials, around: Surroundings, tell: Callable[[str], None]) -> None:
        self.around = around
        self._who = who
        self._wire = Wire(who.address, around, tell)

    def close(self) -> None:
        self._wire.close()

    @property
    def address(self) -> str:
        return self._who.address

    def get(self, path: str, **parameters: Any) -> Any:
        return problems.read(self._send("GET", path, again=True, params=_said(parameters)))

    def post(self, path: str, body: Any = None, *, key: str | None = None, again: bool = False) -> Any:
        """`key` is an Idempotency-Key: with one, or where `again` says that twice is as good as once, a lost answer is
        asked for again."""
        headers = {} if key is None else {"Idempotency-Key": key}
        content = {} if body is None else {"json": body}
        return problems.read(self._send("POST", path, again=again or key is not None, headers=headers, **content))

    @contextmanager
    def stream(self, path: str, accept: str, **parameters: Any) -> Iterator[httpx.Response]:
        """A GET whose body is read bit by bit."""
        request = {"headers": {"Accept": accept}, "params": _said(parameters)}
        response = self._send("GET", path, again=True, stream=True, **request)
        try:
            if not response.is_success:
                response.read()
                raise problems.trouble(response)
            yield response
        finally:
            response.close()

    def pages(self, path: str, most: int | None, cursor: str | None = None, **parameters: Any) -> Iterator[Page]:
        """The items of a list page by page, `most` in all, each page with the cursor that goes on after it."""
        left = most
        while left is None or left > 0:
            limit = PAGE if left is None else min(PAGE, left)
            answer = self.get(path, limit=limit, cursor=cursor, **parameters)
            items = answer["items"]
            cursor = answer.get("pagination", answer).get("nextCursor")
            yield items, cursor
            if cursor is None:
                return
            left = None if left is None else left - len(items)

    def _send(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any) -> Any:
        token = self._who.token(self._wire)
        response = self._bearing(token, method, path, headers, request)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            response.close()
            response = self._bearing(self._who.renewed(token, self._wire), method, path, headers, request)
        return response

    def _bearing(
        self, token: str, method: str, path: str, headers: Mapping[str, str] | None, request: Mapping[str, Any]
    ) -> httpx.Response:
        given = {**(headers or {}), "Authorization": f"Bearer {token}"}
        return self._wire.send(method, path, headers=given, **request)


def _said(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
