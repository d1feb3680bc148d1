"""Whom the sender believes: libcurl must go by the authorities that Python's own clients go by."""

import asyncio
import datetime
import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from push.adapters.credentials import AccessTokens, for_emulator
from push.adapters.fcm.sender import FcmSender
from push.domain.outcome import ACCEPTED, Kind, Outcome


class Accepting(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def certificate(directory: Path) -> Path:
    """Of a company's own authority, for localhost, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    pem = certificate(tmp_path_factory.mktemp("tls"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accepting) as served:
        served.socket = context.wrap_socket(served.socket, server_side=True)
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"https://localhost:{served.server_port}", pem
        served.shutdown()
        thread.join()


def send(url: str) -> list[Outcome]:
    async def play() -> list[Outcome]:
        sender = FcmSender(url, AccessTokens(for_emulator), timeout_s=10)
        try:
            return await sender.send("demo", [b"{}"])
        finally:
            sender.close()

    return asyncio.run(play())


def test_an_authority_that_the_environment_names_is_trusted(
    server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, authority = server
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert send(url) == [ACCEPTED]


def test_a_stranger_with_a_certificate_of_its_own_is_sent_nothing(
    server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = server
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert [(each.kind, each.code) for each in send(url)] == [(Kind.RETRY, "CONNECTION")]
