"""Certificates and keys as files, for servers that speak TLS."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """A certificate that signs itself, and its key, both as PEM."""

    certificate: bytes
    key: bytes

    @classmethod
    def made(
        cls,
        name: str = "interview.test",
        *,
        valid_from: datetime.datetime = NOW - DAY,
        valid_until: datetime.datetime = NOW + DAY,
        passphrase: bytes | None = None,
    ) -> Pair:
        """Make one for a name."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(names)
            .issuer_name(names)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid_from)
            .not_valid_after(valid_until)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        hidden: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase is not None:
            hidden = serialization.BestAvailableEncryption(passphrase)
        return cls(
            certificate.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden
            ),
        )

    def trusting(self) -> ssl.SSLContext:
        """A client's side that trusts this certificate alone."""
        return ssl.create_default_context(cadata=self.certificate.decode())

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both into a folder; their paths."""
        certificate, key = folder / "server.crt", folder / "server.key"
        certificate.write_bytes(self.certificate)
        key.write_bytes(self.key)
        return certificate, key
