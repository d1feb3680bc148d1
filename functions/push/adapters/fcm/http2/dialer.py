"""Connects, in threads of its own: looking a name up, TCP and TLS wait for the other side, and nobody else should."""

import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from push.adapters.fcm.http2.wire import Tls, Wire

# FCM is some milliseconds away. Each address of a name has its own time: the first may be one that nobody answers for.
_ADDRESS_S = 3.0
_PATIENCE_S = 10.0
_PORTS = {"https": 443, "http": 80}


class Endpoint(NamedTuple):
    """`https` agrees on HTTP/2 by ALPN; plain `http`, an emulator's, has nothing to agree by and must speak it."""

    scheme: str
    host: str
    port: int
    # As requests name it.
    authority: str
    # Before each request's own path.
    path: str


def endpoint(url: str) -> Endpoint:
    """Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not the address of an HTTP server")
    authority = parts.netloc.rpartition("@")[2]
    return Endpoint(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], authority, parts.path.rstrip("/"))


class Dialer:
    """`arrived` holds what became of each `dial`; `wake` is called when something was added."""

    def __init__(self, to: Endpoint, patience_s: float, wake: Callable[[], None]) -> None:
        self.arrived: deque[Wire | OSError] = deque()
        self._to = to
        self._patience_s = min(_PATIENCE_S, patience_s)
        self._wake = wake
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._closed = False

    def dial(self) -> None:
        try:
            threading.Thread(target=self._dial, name="fcm-dialer", daemon=True).start()
        except RuntimeError as error:  # the machine has no thread to give
            self._arrive(OSError(str(error)))

    def close(self) -> None:
        """Nobody takes a connection any more, not even those that are still to come."""
        with self._lock:
            self._closed = True
        for each in self.arrived:
            if isinstance(each, Wire):
                each.close()

    def _dial(self) -> None:
        arrived: Wire | OSError
        try:
            arrived = self._connect()
        except OSError as error:
            arrived = error
        except Exception as error:  # noqa: BLE001  somebody waits for an answer
            arrived = OSError(f"{type(error).__name__}: {error}")
        self._arrive(arrived)

    def _arrive(self, arrived: Wire | OSError) -> None:
        with self._lock:
            if not self._closed:
                self.arrived.append(arrived)
                self._wake()
            elif isinstance(arrived, Wire):
                arrived.close()

    def _connect(self) -> Wire:
        raw = socket.create_connection((self._to.host, self._to.port), min(_ADDRESS_S, self._patience_s))
        until = time.monotonic() + self._patience_s
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls = None
            if self._to.scheme == "https":
                tls = Tls(self._trust(), self._to.host)
                tls.shake_hands(raw, until)
            raw.setblocking(False)
        except BaseException:
            raw.close()
            raise
        return Wire(raw, tls)

    def _trust(self) -> ssl.SSLContext:
        """The authorities of the machine, or what SSL_CERT_FILE names, as with all of Python's clients."""
        with self._lock:
            if self._context is None:
                context = ssl.create_default_context()
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                context.set_alpn_protocols(["h2"])
                self._context = context
            return self._context
