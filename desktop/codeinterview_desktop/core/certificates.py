"""Which servers are believed to be who they say, and in words why one is not."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Final

import certifi

# OpenSSL's numbers, of `openssl-verify(1)`.
_REASONS: Final = {
    9: "its certificate is not valid yet; check this computer’s clock",
    10: "its certificate has expired",
    18: "it made its certificate itself",
    19: "its certificate comes from an authority that this computer does not know",
    20: "its certificate comes from an authority that this computer does not know",
    21: "it does not send the certificate of the authority that vouches for it",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}


@cache
def client_context() -> ssl.SSLContext:
    """What every TLS connection is made with: the system's authorities and the usual ones.

    A company's own authority is in the system's list; a system whose list is elsewhere than Python
    looks still has those that come with the app.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def certificate_problem(error: BaseException, host: str) -> str | None:
    """A sentence for the user when a server's certificate is why there is no connection.

    Args:
        error: what connecting raised.
        host: who was asked.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = _REASONS.get(cause.verify_code, cause.verify_message or "its certificate")
            return (
                f"{host} cannot prove that it is the server it says it is: {reason}. Nothing was"
                " sent. Ask whoever runs the server; do not go on over this connection."
            )
        if isinstance(cause, ssl.SSLError):
            return (
                f"{host} does not answer with https at this address. Check the address and its"
                " port, or ask whoever runs the server."
            )
        cause = cause.__cause__ or cause.__context__
    return None
