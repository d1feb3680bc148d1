"""An HTTP/2 server that does as it is told: it answers, refuses, says goodbye, breaks off or says nothing."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import h2.events
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes

JSON = ("content-type", "application/json; charset=UTF-8")


class Session:
    """One connection. `number` counts them from 0; `bodies` are whole requests by their stream, in order."""

    def __init__(self, number: int, raw: socket.socket) -> None:
        self.number = number
        self.raw = raw
        self.http = H2Connection(H2Configuration(client_side=False))
        self.bodies: dict[int, bytes] = {}
        self.lock = threading.RLock()

    def answer(self, stream: int, status: int = 200, body: bytes = b"{}") -> None:
        with self.lock:
            self.http.send_headers(stream, [(":status", str(status)), JSON])
            self.http.send_data(stream, body, end_stream=True)
            self.flush()

    def flush(self) -> None:
        self.raw.sendall(self.http.data_to_send())

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self.raw.shutdown(socket.SHUT_RDWR)


Behaviour = Callable[[Session, int], None]


def answering(session: Session, stream: int) -> None:
    session.answer(stream)


class Withholding:
    """Answers all but what begins with a word; that has to wait until `release`."""

    def __init__(self, word: bytes) -> None:
        self._word = word
        self._lock = threading.Lock()
        self._withheld: list[tuple[Session, int]] | None = []

    def __call__(self, session: Session, stream: int) -> None:
        if self._word in session.bodies[stream]:
            with self._lock:
                if self._withheld is not None:
                    self._withheld.append((session, stream))
                    return
        session.answer(stream)

    def release(self) -> None:
        with self._lock:
            withheld, self._withheld = self._withheld or [], None
        for session, stream in withheld:
            session.answer(stream)


class Server:
    """`behaviour` is called for each request once its body has arrived; `received` counts bodies of all connections.
    Until `opens` is set it says nothing. If it does not acknowledge, what it allows at first is all."""

    def __init__(
        self,
        behaviour: Behaviour,
        context: ssl.SSLContext | None = None,
        settings: dict[str, int] | None = None,
        acknowledges: bool = True,
    ) -> None:
        self.behaviour = behaviour
        self.opens = threading.Event()
        self.opens.set()
        self.called = threading.Event()
        self._acknowledges = acknowledges
        self.received: Counter[bytes] = Counter()
        self.sessions: list[Session] = []
        self._context = context
        self._settings: dict[SettingCodes | int, int] = {
            SettingCodes[name]: value for name, value in (settings or {}).items()
        }
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        scheme, host = ("https", "localhost") if self._context else ("http", "127.0.0.1")
        return f"{scheme}://{host}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Server":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for session in self.sessions:
            session.cut()
        for thread in self._threads[1:]:
            thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = self._listener.accept()
                self._start(lambda raw=raw: self._serve(raw))  # type: ignore[misc]

    def _serve(self, raw: socket.socket) -> None:
        with contextlib.suppress(OSError, ProtocolError), contextlib.closing(raw):
            if self._context is not None:
                raw = self._context.wrap_socket(raw, server_side=True)
            with contextlib.closing(raw):
                with self._lock:
                    session = Session(len(self.sessions), raw)
                    self.sessions.append(session)
                self._talk(session)

    def _talk(self, session: Session) -> None:
        self.called.set()
        self.opens.wait()
        session.http.initiate_connection()
        if self._settings:
            session.http.update_settings(self._settings)
        session.flush()
        while data := session.raw.recv(65_536):
            with session.lock:
                events = session.http.receive_data(data)
            for event in events:
                self._happened(session, event)
            with session.lock:
                session.flush()

    def _happened(self, session: Session, event: object) -> None:
        if isinstance(event, h2.events.RequestReceived):
            session.bodies[event.stream_id] = b""
        elif isinstance(event, h2.events.DataReceived):
            session.bodies[event.stream_id] += event.data
            if self._acknowledges:
                with session.lock:
                    session.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            with self._lock:
                self.received[session.bodies[event.stream_id]] += 1
            self.behaviour(session, event.stream_id)


def certificate(directory: Path, *, of: str = "localhost") -> Path:
    """Of a company's own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, of)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(of)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / f"{of}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


def context(pem: Path, *protocols: str) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(pem)
    made.set_alpn_protocols(list(protocols))
    return made
