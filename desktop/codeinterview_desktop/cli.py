"""The `codeinterview` command: no command opens the app, the others belong to the server."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_APP_OPTIONS = frozenset({"--app"})
_VERSION_OPTIONS = frozenset({"--version", "-V"})
_QT_PLATFORMS_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs"})

NO_EXTRA = (
    "The desktop app is not installed here: install it with `pip install 'codeinterview[desktop]'`,"
    " or run `codeinterview serve` for the server alone."
)
NO_DISPLAY = (
    "There is no display to open a window on: set DISPLAY or WAYLAND_DISPLAY,"
    " or run `codeinterview serve` for the server alone."
)
EXIT_NO_WINDOW = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and answer its exit status.

    Server commands never import Qt, so that they start fast and work without it.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in _VERSION_OPTIONS:
        from codeinterview_server.version import __version__

        print(f"CodeInterview {__version__}")
        return 0
    if arguments and not _APP_OPTIONS.issuperset(arguments):
        from codeinterview_server.cli import main as server_main

        return server_main(arguments)
    problem = window_problem(os.environ, sys.platform)
    if problem is not None:
        print(problem, file=sys.stderr)
        return EXIT_NO_WINDOW
    from .app import run

    return run()


def window_problem(environ: Mapping[str, str], platform: str) -> str | None:
    """Why no window can be opened here, as a sentence, or None when one can be tried."""
    needed = ("PySide6", "qasync", "httpx", "zeroconf", "segno")
    if any(importlib.util.find_spec(name) is None for name in needed):
        return NO_EXTRA
    if platform in ("win32", "darwin") or environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return None
    qt_platform = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    return None if qt_platform in _QT_PLATFORMS_WITHOUT_DISPLAY else NO_DISPLAY


if __name__ == "__main__":
    sys.exit(main())
