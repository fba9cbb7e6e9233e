"""The certificate of a server that speaks TLS itself, read again when its files change."""

import asyncio
import logging
import re
import ssl
from pathlib import Path
from typing import Final

from codeinterview_server.realtime.tasks import Tasks

_log = logging.getLogger(__name__)

_MAX_BYTES: Final = 1024 * 1024
_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----")
_KEY: Final = re.compile(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----")
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
"""How OpenSSL numbers what is wrong with a certificate's dates."""
_FLIGHTS: Final = 8
"""Each side of a handshake sends a few times at most."""


class CertificateError(Exception):
    """The certificate cannot be shown; the text is a sentence that says why."""


class Certificate:
    """A certificate, with its chain, and its key. Start it on the loop, stop it once.

    What was once good stays in use until what replaces it is good as well: a tool that renews it
    may write one file before the other.

    Args:
        certificate: A file of PEM certificates, the server's own first.
        key: A file with its private key, which has no passphrase; None when it is in the same one.
        check_s: How often the files are looked at, in seconds.

    Raises:
        CertificateError: It is not good.
    """

    def __init__(self, certificate: Path, key: Path | None, check_s: float = 30) -> None:
        self._certificate = certificate
        self._key = key or certificate
        self._check_s = check_s
        self._tasks = Tasks()
        self._version = self._versions()
        self.context: Final = self._load()
        """What connections are made with; it takes over a new certificate for those to come."""

    def start(self) -> None:
        """Begins to look for a new one."""
        self._tasks.start(self._watch(), "certificate")

    async def stop(self) -> None:
        """Ends."""
        await self._tasks.stop()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._check_s)
            version = await asyncio.to_thread(self._versions)
            if version == self._version:
                continue
            self._version = version
            try:
                await asyncio.to_thread(self._load)
                # Only now: a pair that does not fit would be half taken over.
                self.context.load_cert_chain(self._certificate, self._key, _no_passphrase)
            except (CertificateError, OSError) as error:
                _log.warning("The new certificate is not used: %s", error)
            else:
                _log.info("A new certificate is used from now on: %s", self._certificate)

    def _versions(self) -> tuple[object, ...]:
        """Tells the files' versions apart, as far as that can be seen without reading them."""
        versions: list[object] = []
        for path in (self._certificate, self._key):
            try:
                status = path.stat()
            except OSError as error:
                versions.append(error.errno)
            else:
                versions.append((status.st_ino, status.st_mtime_ns, status.st_size))
        return tuple(versions)

    def _load(self) -> ssl.SSLContext:
        chain = _read(self._certificate)
        if not _CERTIFICATE.search(chain):
            raise CertificateError(f"{self._certificate} holds no certificate in PEM form.")
        if not _KEY.search(_read(self._key)):
            raise CertificateError(
                f"{self._key} holds no private key in PEM form. Name its file with --tls-key."
            )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(self._certificate, self._key, _no_passphrase)
        except _PassphraseError:
            raise CertificateError(
                f"The key in {self._key} has a passphrase, which nobody is there to enter. Write "
                "it without one, as by `openssl pkey -in KEY -out NEWKEY`."
            ) from None
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise CertificateError(
                    f"The key in {self._key} is not that of the certificate in "
                    f"{self._certificate}, whose first one must be the server's own."
                ) from None
            reason = (error.reason or "unreadable").replace("_", " ").lower()
            raise CertificateError(
                f"{self._certificate} and {self._key} cannot be used: {reason}."
            ) from None
        problem = _problem_of(context, chain)
        if problem == _EXPIRED:
            raise CertificateError(f"The certificate in {self._certificate} has expired. Renew it.")
        if problem == _NOT_YET_VALID:
            raise CertificateError(
                f"The certificate in {self._certificate} is not valid yet. Check the clock."
            )
        return context


class _PassphraseError(Exception):
    pass


def _no_passphrase() -> str:
    # Otherwise OpenSSL would ask for it on the terminal.
    raise _PassphraseError


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            reason = "it is no file" if path.exists() else "there is none"
            raise CertificateError(f"{path} cannot be read: {reason}.")
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise CertificateError(f"{path} cannot be read: {reason}.") from None


def _problem_of(context: ssl.SSLContext, chain: bytes) -> int | None:
    """Returns the number of what somebody who trusts this very certificate would still object to.

    The library reads no dates without one; so the two shake hands in memory.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.load_verify_locations(cadata=chain.decode("ascii", "replace"))
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        trusting.wrap_bio(back, there),
        context.wrap_bio(there, back, server_side=True),
    )
    for end in ends * _FLIGHTS:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as error:
            return error.verify_code
    return None
