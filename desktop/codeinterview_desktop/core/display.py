"""Whether there is a display to open a window on; Qt ends the process when there is none."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLATFORMS_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs"})
_LOCAL_DISPLAY = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")
_LIMIT_S = 2.0


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window can be tried here.

    Args:
        environ: the environment variables.
        platform: `sys.platform`.
    """
    if platform in ("win32", "darwin"):
        return True
    plugin = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if plugin in _PLATFORMS_WITHOUT_DISPLAY:
        return True
    return _wayland_answers(environ) or _x_answers(environ.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    local = _LOCAL_DISPLAY.fullmatch(display)
    if local is None:
        # A display of another machine: only Qt can tell.
        return bool(display)
    path = f"/tmp/.X11-unix/X{local.group(1)}"  # noqa: S108 - where X servers listen
    return _answers(path) or _answers(f"\0{path}")


def _wayland_answers(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY", "")
    folder = environ.get("XDG_RUNTIME_DIR", "")
    if not name or not (folder or Path(name).is_absolute()):
        return False
    return _answers(os.fspath(Path(folder) / name))


def _answers(address: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_LIMIT_S)
            probe.connect(address)
    except OSError:
        return False
    return True
