"""The `codeinterview` command: no command opens the app, the others belong to the server."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VERSION_OPTIONS = frozenset({"--version", "-V"})
_NEEDED = ("PySide6", "qasync", "httpx", "zeroconf", "segno")

NO_EXTRA = (
    "The desktop app is not installed here: install it with `pip install 'codeinterview[desktop]'`,"
    " or run `codeinterview serve` for the server alone."
)
NO_DISPLAY = (
    "There is no display to open a window on: set DISPLAY or WAYLAND_DISPLAY,"
    " or run `codeinterview serve` for the server alone."
)
NO_QT = (
    "The window system's libraries are incomplete ({reason}): install what Qt needs,"
    " or run `codeinterview serve` for the server alone."
)
EXIT_NO_WINDOW = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and answer its exit status.

    Server commands never import Qt, so that they start fast and work without it.
    """
    from .core.app_links import is_app_link

    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in _VERSION_OPTIONS:
        from codeinterview_server.version import __version__

        print(f"CodeInterview {__version__}")
        return 0
    if len(arguments) == 1 and is_app_link(arguments[0]):
        return _open_app(arguments[0])
    if arguments and arguments[0] == "keep":
        from .core.tunnels.keeper import keep

        return keep(arguments[1:])
    if arguments:
        from codeinterview_server.cli import main as server_main

        return server_main(arguments)
    return _open_app()


def window_problem(environ: Mapping[str, str], platform: str) -> str | None:
    """Why no window can be opened here, as a sentence, or None when one can be tried."""
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        return NO_EXTRA
    from .core.display import has_display

    return None if has_display(environ, platform) else NO_DISPLAY


def _open_app(link: str | None = None) -> int:
    problem = window_problem(os.environ, sys.platform)
    if problem is not None:
        print(problem, file=sys.stderr)
        return EXIT_NO_WINDOW
    try:
        # First of all, so that qasync finds this Qt and errors name the library that is missing.
        import PySide6.QtWidgets  # noqa: F401

        from .app import run
    except ImportError as error:
        # Such as a shared library that a bare system lacks.
        print(NO_QT.format(reason=error), file=sys.stderr)
        return EXIT_NO_WINDOW
    return run(link)


if __name__ == "__main__":
    sys.exit(main())
