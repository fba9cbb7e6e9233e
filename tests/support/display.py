"""An X display of its own, with a keyboard and a clipboard."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S = 60.0


@dataclass(frozen=True)
class Display:
    """An X display without a window manager; the keyboard goes to the newest window."""

    name: str

    def environment(self) -> dict[str, str]:
        """What a program needs in order to open its windows here."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def _tool(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        return done.stdout.strip()

    def windows(self, name: str) -> list[str]:
        """The visible windows whose title matches, as X ids."""
        return self._tool("xdotool", "search", "--onlyvisible", "--name", name).split()

    def focus(self, window: str) -> None:
        """Give a window the keyboard."""
        self._tool("xdotool", "windowfocus", "--sync", window)

    def press(self, *keys: str) -> None:
        """Press keys such as `ctrl+n`, one after the other."""
        self._tool("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type text into whatever has the keyboard."""
        self._tool("xdotool", "type", "--delay", "5", text)

    def clipboard(self) -> str:
        """What was copied last."""
        return self._tool("timeout", "5", "xclip", "-selection", "clipboard", "-out")


@contextmanager
def display(width: int = 1440, height: int = 900) -> Iterator[Display]:
    """An Xvfb of its own on a free display number."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as numbers:
        process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writer),
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
            ],
            pass_fds=(writer,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        try:
            number = numbers.readline().strip()
            assert number, "Xvfb did not start"
            yield Display(f":{number}")
        finally:
            process.terminate()
            process.wait(LIMIT_S)
