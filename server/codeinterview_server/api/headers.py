"""Headers that keep browsers from doing what no page of ours needs."""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""The content security policy of everything that is no page."""

_DEFAULTS: Final = {
    "Content-Security-Policy": DATA_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # What says nothing of its own is an answer about a live session.
    "Cache-Control": "no-store",
}


_ALWAYS_TLS: Final = {"Strict-Transport-Security": "max-age=31536000"}


def page_policy(hosts: Iterable[str]) -> str:
    """Returns the policy of the web client's page.

    Args:
        hosts: What browsers call this server: the request's Host header, which was found to be
            well-formed, and the public URL's.
    """
    sockets = " ".join(f"ws://{host} wss://{host}" for host in hosts)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "font-src 'self'",
            "img-src 'self' data: blob:",
            # Some browsers do not count sockets of the same host as 'self'.
            f"connect-src 'self' {sockets}",
            "worker-src 'self' blob:",
            "frame-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Adds to each answer the headers that it does not set itself.

    Args:
        app: What answers.
        always_tls: Whether browsers shall ask this host by TLS alone from now on. A proxy that
            speaks TLS in front of us says that itself, if it is so of all its site.
    """

    def __init__(self, app: ASGIApp, *, always_tls: bool = False) -> None:
        self._app = app
        self._headers = {**_DEFAULTS, **(_ALWAYS_TLS if always_tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add)
