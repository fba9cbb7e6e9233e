"""Waiting for what announces nothing: asked again and again, within a bound."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LIMIT_S = 20.0
_PAUSE_S = 0.02


async def eventually(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return once the condition holds."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + LIMIT_S
    while not await condition():
        assert loop.time() < deadline_s, f"not within {LIMIT_S} s: {what}"
        pause: asyncio.Future[None] = loop.create_future()
        loop.call_later(_PAUSE_S, pause.set_result, None)
        await pause
