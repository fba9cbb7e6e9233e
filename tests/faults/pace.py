"""The pace of those who type and of what befalls them: pauses that make a load, not waiting."""

from __future__ import annotations

import asyncio


async def pace(seconds: float) -> None:
    """Let time pass."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, _end, over)
    try:
        await over
    finally:
        timer.cancel()


def _end(over: asyncio.Future[None]) -> None:
    # It may have been cancelled in the same turn of the loop.
    if not over.done():
        over.set_result(None)
