"""A connected socket, with TLS or without: bytes in and bytes out, and nobody ever waits for it."""

import socket
import ssl
import time
from contextlib import suppress

_AT_ONCE = 262_144
# Ten times what a connection's messages amount to: whoever makes us answer so much and reads nothing is not FCM.
_MOST_LEFT = 4_194_304
# The most that one TLS record holds.
_RECORD = 16_384


class Wire:
    def __init__(self, raw: socket.socket, tls: "Tls | None" = None) -> None:
        self._raw = raw
        self._tls = tls
        # What the socket did not take yet.
        self._left = b""

    @property
    def blocked(self) -> bool:
        """The socket takes no more; it is worth waiting until it does."""
        return bool(self._left)

    def fileno(self) -> int:
        return self._raw.fileno()

    def receive(self) -> tuple[bytes, bool]:
        """What has arrived, and whether the other side has ended the connection with it."""
        ended = False
        try:
            data = self._raw.recv(_AT_ONCE)
            ended = not data
        except (BlockingIOError, InterruptedError):
            data = b""
        except OSError:
            data, ended = b"", True
        if self._tls is None:
            return data, ended
        # Even of nothing new: the first of it may have come with the end of the handshake.
        received, closed = self._tls.decrypt(data)
        self._left += self._tls.encrypt(b"")  # TLS itself may have something to answer
        return received, ended or closed

    def send(self, data: bytes) -> bool:
        """Writes what the socket takes, and keeps the rest for the next time. False once the connection has ended."""
        try:
            self._left += self._tls.encrypt(data) if self._tls else data
            written = self._raw.send(self._left)
        except (BlockingIOError, InterruptedError):
            return len(self._left) <= _MOST_LEFT
        except OSError:
            return False
        self._left = self._left[written:]
        return len(self._left) <= _MOST_LEFT

    def close(self) -> None:
        self._raw.close()


class Tls:
    """TLS in memory: OpenSSL sees whole records, and the socket is asked once for many of them."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    def shake_hands(self, raw: socket.socket, until: float) -> None:
        """Raises OSError (`ssl.SSLError` is one) if there is no trust, no HTTP/2, or no answer by then
        (`time.monotonic`)."""
        while True:
            try:
                self._session.do_handshake()
            except ssl.SSLWantReadError:
                done = False
            except ssl.SSLError:
                with suppress(OSError):
                    raw.sendall(self._outgoing.read())  # why not
                raise
            else:
                done = True
            raw.sendall(self._outgoing.read())
            if done:
                break
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the TLS handshake takes too long")
            raw.settimeout(left)
            data = raw.recv(_AT_ONCE)
            if not data:
                raise ConnectionResetError("the connection was closed during the TLS handshake")
            self._incoming.write(data)
        if self._session.selected_alpn_protocol() != "h2":
            raise ssl.SSLError("the other side does not speak HTTP/2")

    def encrypt(self, data: bytes) -> bytes:
        view = memoryview(data)
        while view:
            view = view[self._session.write(view[:_RECORD]) :]
        return self._outgoing.read()

    def decrypt(self, data: bytes) -> tuple[bytes, bool]:
        self._incoming.write(data)
        parts: list[bytes] = []
        try:
            # Without a look at what is left each call of the socket would end in an exception.
            while self._incoming.pending or self._session.pending():
                part = self._session.read(_RECORD)
                if not part:
                    return b"".join(parts), True
                parts.append(part)
        except ssl.SSLWantReadError:
            pass  # the rest of a record is still to come
        except ssl.SSLError:
            return b"".join(parts), True
        return b"".join(parts), False
