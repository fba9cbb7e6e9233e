"""What a report of a failure needs: which program on which system, and where it failed.

It is meant to be pasted into a report that others read, so the home directory, which names the
user, is left out.
"""

from __future__ import annotations

import platform
import sys
import traceback
from pathlib import Path

from codeinterview_server.version import __version__


def failure_details(error: BaseException) -> str:
    """The details of something that nobody caught."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return details_of("".join(lines))


def details_of(trace: str) -> str:
    """The details around a trace that was written down already."""
    build = "built" if getattr(sys, "frozen", False) else "source"
    head = (
        f"CodeInterview {__version__} ({build})",
        f"{platform.platform()}, Python {platform.python_version()}",
    )
    text = "\n".join((*head, "", trace.strip(), ""))
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
