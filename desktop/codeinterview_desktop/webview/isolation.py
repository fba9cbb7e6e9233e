"""Keeps what runs in a page's sandboxed frames from stopping the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_VARIABLE: Final = "QTWEBENGINE_CHROMIUM_FLAGS"
# Qt WebEngine leaves frames in the page's process, where an endless loop stops both.
_SWITCH: Final = "--site-per-process"


def isolate_frames(environ: MutableMapping[str, str]) -> None:
    """Have Chromium run sandboxed frames in processes of their own, as browsers do.

    Args:
        environ: the program's environment, which Chromium reads when the first web view is made;
            what it is told there already stays.
    """
    before = environ.get(_VARIABLE, "")
    if _SWITCH not in before.split():
        environ[_VARIABLE] = f"{before} {_SWITCH}".lstrip()
