"""Whom the sender believes: the authorities that Python's own clients go by, and nobody else."""

import asyncio
from pathlib import Path

import pytest

from contract.http2_server import Server, answering, certificate, context
from fakes.logged import logged
from push.adapters.credentials import AccessTokens, for_emulator
from push.adapters.fcm.sender import FcmSender
from push.domain.outcome import ACCEPTED, Kind, Outcome


def send(url: str) -> list[Outcome]:
    async def play() -> list[Outcome]:
        sender = FcmSender(url, AccessTokens(for_emulator), timeout_s=10)
        try:
            return await sender.send("demo", [b"{}"])
        finally:
            sender.close()

    return asyncio.run(play())


def refused(outcomes: list[Outcome]) -> bool:
    return [(each.kind, each.code) for each in outcomes] == [(Kind.RETRY, "CONNECTION")]


def test_an_authority_that_the_environment_names_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with Server(answering, context(pem, "h2")) as server:
        assert send(server.url) == [ACCEPTED]
        assert server.received == {b"{}": 1}


def test_a_stranger_with_a_certificate_of_its_own_is_sent_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with Server(answering, context(certificate(tmp_path), "h2")) as server:
        assert refused(send(server.url))
        assert not server.received
    (line,) = logged(capsys)
    assert line["message"] == "fcm-unreachable"
    assert "CERTIFICATE_VERIFY_FAILED" in line["error"]


def test_a_certificate_of_somebody_else_is_not_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path, of="fcm.googleapis.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with Server(answering, context(pem, "h2")) as server:
        assert refused(send(server.url))
        assert not server.received


def test_who_speaks_no_http_2_is_sent_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with Server(answering, context(pem, "http/1.1")) as server:
        assert refused(send(server.url))
        assert not server.received
    assert "does not speak HTTP/2" in logged(capsys)[0]["error"]
