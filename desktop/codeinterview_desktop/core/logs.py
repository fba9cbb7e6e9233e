"""The app's own log: a file that rotates, and nothing on the terminal."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT_BYTES = 1024 * 1024
_KEPT = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# At lower levels these write whole request lines and addresses.
_CHATTY = ("asyncssh", "httpx", "httpcore", "websockets", "asyncio", "qasync", "zeroconf")


def log_to(path: Path, level: int = logging.INFO) -> logging.Handler | None:
    """Write everything from `level` on to `path`; None when it cannot be written.

    The handler belongs to the caller, who removes it from the root logger and closes it.
    """
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(
            path, maxBytes=_LIMIT_BYTES, backupCount=_KEPT, encoding="utf-8", errors="replace"
        )
    except OSError:
        # A missing log must not keep anybody from an interview.
        return None
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return handler
