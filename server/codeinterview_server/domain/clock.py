"""Time as this program counts it: whole milliseconds since the epoch, UTC."""

import time


def now_ms() -> int:
    """Returns the present in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
