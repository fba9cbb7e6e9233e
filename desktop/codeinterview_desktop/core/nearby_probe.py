"""Asks one address whether it shows a session now: one bounded question to whoever is there."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

import httpx

from .links import origin_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

_PATH: Final = "/api/v1/listed"
_TIMEOUT_S: Final = 2.0
# A hundred sessions of the longest titles, with every character escaped.
_ANSWER_LIMIT_BYTES: Final = 512 * 1024


class NearbyProbe:
    """Asks servers what they show, until `stop()`.

    Whoever answers may be anybody: redirects, cookies and encodings are not followed, kept or
    undone, and what takes long or is much is no answer.
    """

    def __init__(self, timeout_s: float = _TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        # Each question makes a connection of its own, so that what is gone does not seem there.
        self._transport = httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def stop(self) -> None:
        """Ask no more."""
        await self._transport.aclose()

    async def shows(self, address: str, port: int, session_id: str) -> bool:
        """Whether the server at an address shows the session; never raises for what it answers."""
        plain = address.partition("%")[0]
        request = httpx.Request(
            "GET",
            f"{origin_of(address, port)}{_PATH}",
            headers={
                # The zone is ours, and means nothing to others (RFC 6874, section 1).
                "Host": origin_of(plain, port).removeprefix("http://"),
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._transport.handle_async_request(request)
                try:
                    if response.status_code != 200 or "content-encoding" in response.headers:
                        return False
                    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101
                    content = await _read(response.stream)
                finally:
                    await response.aclose()
            return session_id in _ids(content)
        except (httpx.HTTPError, TimeoutError, OSError, ValueError, RecursionError):
            return False


async def _read(stream: AsyncIterable[bytes]) -> bytes:
    content = bytearray()
    async for chunk in stream:
        content += chunk
        if len(content) > _ANSWER_LIMIT_BYTES:
            raise ValueError("too much")
    return bytes(content)


def _ids(content: bytes) -> frozenset[str]:
    """The ids of an answer of any shape.

    Raises:
        ValueError, RecursionError: it is none of ours.
    """
    answer = json.loads(content)
    listed = answer.get("sessions") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no list")
    ids = (each.get("id") for each in listed if isinstance(each, dict))
    return frozenset(each for each in ids if isinstance(each, str))
