"""Waiting for signals of the core, bounded in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from codeinterview_desktop.core.events import Signal

LIMIT_S = 20.0


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
