"""The pace of those who type and of what befalls them: pauses that make a load, not waiting."""

from __future__ import annotations

import asyncio


async def pace(seconds: float) -> None:
    """Let time pass."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, over.set_result, None)
    try:
        await over
    finally:
        timer.cancel()
