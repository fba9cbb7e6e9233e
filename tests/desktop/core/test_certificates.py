"""Servers that cannot prove who they are, on real TLS over loopback."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from codeinterview_desktop.core.api import CERTIFICATE, ApiError, ServerApi
from codeinterview_desktop.core.certificates import client_context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}"


class Authority:
    """Makes certificates."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Company Authority")])
        self.certificate = self._signed(self.name, self.key.public_key(), NOW + DAY, ca=True)

    def server(
        self, folder: Path, *, host: str = "127.0.0.1", until: datetime.datetime = NOW + DAY
    ) -> ssl.SSLContext:
        """What a server of this name answers with."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        made = self._signed(name, key.public_key(), until, host=host)
        return _context(folder, made, key)

    def self_signed(self, folder: Path) -> ssl.SSLContext:
        """What a server answers with that vouches for itself."""
        made = self._signed(self.name, self.key.public_key(), NOW + DAY, host="127.0.0.1")
        return _context(folder, made, self.key)

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        until: datetime.datetime,
        *,
        host: str = "",
        ca: bool = False,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if host:
            try:
                general: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
            except ValueError:
                general = x509.DNSName(host)
            builder = builder.add_extension(x509.SubjectAlternativeName([general]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _context(
    folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> ssl.SSLContext:
    both = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both.write_bytes(_pem(certificate) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


@asynccontextmanager
async def served(context: ssl.SSLContext | None, heard: list[bytes]) -> AsyncIterator[str]:
    """A server on loopback; what it is sent in the clear or after the handshake goes to `heard`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            heard.append(await reader.readuntil(b"\r\n\r\n") if context else b"")
            writer.write(OK if context else b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def refused(context: ssl.SSLContext | None) -> str:
    heard: list[bytes] = []
    async with served(context, heard) as origin, ServerApi(origin, "key") as api:
        with pytest.raises(ApiError) as caught:
            await api.health()
    assert caught.value.code == CERTIFICATE
    assert not any(heard), "the key was sent"
    return str(caught.value)


@pytest.fixture
def authority() -> Iterator[Authority]:
    yield Authority()
    client_context.cache_clear()


async def test_each_certificate_that_is_not_good_says_why(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "does not know" in await refused(authority.server(tmp_path))
    assert "made its certificate itself" in await refused(authority.self_signed(tmp_path))
    trusted(authority, tmp_path, monkeypatch)
    assert "has expired" in await refused(authority.server(tmp_path, until=NOW - DAY))
    assert "another address" in await refused(authority.server(tmp_path, host="10.0.0.1"))
    assert "does not answer with https" in await refused(None)


async def test_an_authority_of_the_system_is_believed(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(authority, tmp_path, monkeypatch)
    heard: list[bytes] = []
    async with (
        served(authority.server(tmp_path), heard) as origin,
        ServerApi(origin, "key") as api,
    ):
        await api.health()
    assert b"authorization: bearer key" in heard[0].lower()


def trusted(authority: Authority, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system's list contain the authority, as a company does on its computers."""
    listed = folder / "authorities.pem"
    listed.write_bytes(_pem(authority.certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(listed))
    client_context.cache_clear()
