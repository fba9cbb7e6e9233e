"""What is left when the whole process dies at once, and the next start's word about it.

Python writes the stacks of all threads into the file when the process gets a fatal signal, such as
one from within Qt. An app that ends in order removes the file.
"""

from __future__ import annotations

import contextlib
import faulthandler
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

_READ_LIMIT_CHARS = 64 * 1024


class CrashLog:
    """Owns the crash log, from `start()` to `stop()`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def start(self) -> str:
        """Listen for fatal signals; answers what the run before left, an empty text for nothing."""
        left = ""
        with contextlib.suppress(OSError):
            if self._path.exists():
                left = self._path.read_text("utf-8", "replace")[:_READ_LIMIT_CHARS].strip()
                # Kept for whoever looks into the folder of logs.
                self._path.replace(self._path.with_suffix(".log.1"))
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        return left

    def stop(self) -> None:
        """Remove the file, because the app ended in order. Safe to call twice."""
        file, self._file = self._file, None
        if file is not None:
            faulthandler.disable()
            file.close()
            with contextlib.suppress(OSError):
                self._path.unlink()
