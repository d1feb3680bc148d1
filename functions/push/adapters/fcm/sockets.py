"""libcurl's sockets and its timer, waited for with a selector; and a pipe by which others wake it."""

import os
import selectors
import time
from typing import Any

import pycurl


class Sockets:
    def __init__(self, multi: Any, wake: int) -> None:
        self._multi = multi
        self._wake = wake
        self._selector = selectors.DefaultSelector()
        self._selector.register(wake, selectors.EVENT_READ)
        self._deadline: float | None = None
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)

    def act(self, wait: bool) -> float:
        """Lets libcurl do what there is to do; waits until there is something, if so told. When that was
        (`time.monotonic`)."""
        events = self._selector.select(self._patience() if wait else 0)
        began = time.monotonic()
        for key, mask in events:
            if key.fd == self._wake:
                os.read(self._wake, 4096)
            else:
                self._multi.socket_action(key.fd, _to_curl(mask))
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._deadline = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return began

    def close(self) -> None:
        self._selector.close()

    def _patience(self) -> float | None:
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _on_socket(self, what: int, fd: int, _multi: Any, _data: Any) -> None:
        if what == pycurl.POLL_REMOVE:
            if fd in self._selector.get_map():
                self._selector.unregister(fd)
            return
        mask = 0
        if what in (pycurl.POLL_IN, pycurl.POLL_INOUT):
            mask |= selectors.EVENT_READ
        if what in (pycurl.POLL_OUT, pycurl.POLL_INOUT):
            mask |= selectors.EVENT_WRITE
        if fd in self._selector.get_map():
            self._selector.modify(fd, mask)
        else:
            self._selector.register(fd, mask)

    def _on_timer(self, timeout_ms: int) -> None:
        self._deadline = None if timeout_ms < 0 else time.monotonic() + timeout_ms / 1000


def _to_curl(mask: int) -> int:
    action = 0
    if mask & selectors.EVENT_READ:
        action |= pycurl.CSELECT_IN
    if mask & selectors.EVENT_WRITE:
        action |= pycurl.CSELECT_OUT
    return action
