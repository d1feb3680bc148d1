"""Tokens as Google and Firebase sign them, by throw-away keys, and the certificates that verify them."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


class Signer:
    """One key under a name, and its certificate."""

    def __init__(self, kid: str) -> None:
        self.kid = kid

    @cached_property
    def private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65_537, 2_048)

    @cached_property
    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.kid)])
        today = datetime.now(UTC)
        built = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.private.public_key())
            .serial_number(1).not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
            .sign(self.private, hashes.SHA256())
        )  # fmt: skip
        return built.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        pem = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        head = {"alg": "RS256", "kid": self.kid} | header
        return jwt.encode({k: v for k, v in head.items() if v is not None}, _said(claims), RSAKey.import_key(pem))

    def confused(self, claims: dict[str, Any]) -> str:
        """HS256 with the public key as its secret."""
        secret = OctKey.import_key(base64.urlsafe_b64encode(self.certificate.encode()).decode())
        return jwt.encode({"alg": "HS256", "kid": self.kid}, _said(claims), secret, ["HS256"])

    def unsigned(self, claims: dict[str, Any]) -> str:
        parts = [{"alg": "none", "kid": self.kid}, _said(claims)]
        return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."


def lifetime() -> dict[str, int]:
    now = int(time.time())
    return {"iat": now - 60, "exp": now + 3_600}


def _said(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not None}
