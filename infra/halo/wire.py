"""Requests to one address, whoever asks: tried again where that is safe, and Trouble where nobody answers."""

import random
from collections.abc import Callable
from typing import Any

import httpx

from infra.halo.problems import retry_after
from infra.halo.surroundings import Surroundings
from infra.halo.trouble import LostAnswer, Unreachable, Usage

_TIMEOUT = httpx.Timeout(30, connect=10)
_TRIES = 4
_FIRST_WAIT_S = 0.5
# Whoever waits at a terminal for longer than this would rather be told.
_LONGEST_WAIT_S = 30
_WORTH_TELLING_S = 1
_LATER = frozenset({429, 503})


def normal(address: str) -> str:
    """`https://host` of `https://host/`, `https://host/api` and the like. Raises Usage for what is no address."""
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise Usage("The API's address must look like https://push.example.com/ (no name or password in it).")
    return str(url.copy_with(fragment=None)).rstrip("/").removesuffix("/api").rstrip("/")


def is_here(address: str) -> bool:
    return httpx.URL(address).host in ("127.0.0.1", "localhost", "::1")


class Wire:
    """`tell` says on the side that something takes longer."""

    def __init__(self, address: str, around: Surroundings, tell: Callable[[str], None]) -> None:
        self.address = normal(address)
        self._around = around
        self._tell = tell
        self._http = httpx.Client(
            transport=around.transport, timeout=_TIMEOUT, headers={"User-Agent": "halo-terminal"}
        )  # fmt: skip

    def close(self) -> None:
        self._http.close()

    def send(self, method: str, path: str, *, again: bool, stream: bool = False, **request: Any) -> httpx.Response:
        """`path` begins with `api/`. With `again` it may be asked twice: busy answers (429, 503) and lost ones are
        then tried again. Raises Unreachable, and LostAnswer where the API may have done it."""
        built = self._http.build_request(method, f"{self.address}/{path}", **request)
        for number in range(1, _TRIES + 1):
            last = number == _TRIES or not again
            try:
                response = self._http.send(built, stream=stream)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
                raise Unreachable(self._nobody(error)) from None
            except httpx.TransportError as error:
                if last:
                    raise LostAnswer(f"{self.address} was asked and did not answer ({_name(error)}).") from None
                self._wait(number, None, f"No answer ({_name(error)})")
                continue
            wait = retry_after(response)
            if response.status_code not in _LATER or last or (wait or 0) > _LONGEST_WAIT_S:
                return response
            response.close()
            self._wait(number, wait, "The API is busy")
        raise AssertionError("the last try answers or raises")

    def _wait(self, number: int, said: int | None, why: str) -> None:
        backoff = _FIRST_WAIT_S * 2 ** (number - 1) * random.uniform(0.5, 1)  # noqa: S311  spreads callers, no secret
        seconds = max(backoff, said or 0)
        if seconds >= _WORTH_TELLING_S or number > 1:
            self._tell(f"{why}: trying again in {seconds:.1f} s.")
        self._around.sleep(seconds)

    def _nobody(self, error: Exception) -> str:
        why = str(error) or _name(error)
        start = "Start it with `make run`, or log in elsewhere with halo login --api URL."
        hint = start if is_here(self.address) else "Check the address (halo login --api URL) and the network."
        return f"Nobody answers at {self.address} ({why}). {hint}"


def _name(error: Exception) -> str:
    return type(error).__name__
