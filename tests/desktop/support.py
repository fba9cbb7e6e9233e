"""Waiting for signals of the core, bounded in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.core.events import Signal

LIMIT_S = 20.0
_LOOK_AGAIN_S = 0.02


async def until(signal: Signal[Any], condition: Callable[[], bool], what: str = "") -> None:
    """Wait until `condition` holds; it is asked now and whenever `signal` is announced."""
    changed = asyncio.Event()
    disconnect = signal.connect(lambda *_: changed.set())
    try:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await changed.wait()
                changed.clear()
    except TimeoutError:
        raise AssertionError(f"Not so within {LIMIT_S} s: {what or condition}") from None
    finally:
        disconnect()


async def seen(condition: Callable[[], object], what: str = "") -> None:
    """Wait until `condition` holds; asked again and again, because widgets announce nothing."""
    again = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                loop.call_later(_LOOK_AGAIN_S, again.set)
                await again.wait()
                again.clear()
    except TimeoutError:
        raise AssertionError(f"Not so within {LIMIT_S} s: {what or condition}") from None
