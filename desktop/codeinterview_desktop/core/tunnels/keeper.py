"""Runs one program for the app and never leaves it behind: `codeinterview keep PROGRAM …`.

The app holds this process's input, as it holds its server's, so that the input ends with the app
however the app ends; then the program is ended too. What the program prints, errors included, goes
to this process's output, which the app reads.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMAND = "keep"

_END_LIMIT_S = 2.0
_NOT_STARTED = 127
_STDIN = 0
_PR_SET_PDEATHSIG = 1


def keep(command: Sequence[str]) -> int:
    """Run `command` until it ends or stdin does; its exit status."""
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            # Only the main thread exists yet, so that this is safe.
            preexec_fn=_end_with_parent(),
            # Windows would open a console beside the app.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        print(f"cannot be started: {error.strerror}", flush=True)
        return _NOT_STARTED
    if sys.platform != "win32":
        signal.signal(signal.SIGTERM, lambda _number, _frame: child.terminate())
    threading.Thread(target=_end_with_input, args=(child,), daemon=True, name="stdin").start()
    return child.wait() & 0xFF


def _end_with_input(child: subprocess.Popen[bytes]) -> None:
    # By its number, as a program without a console has no `sys.stdin`.
    with contextlib.suppress(OSError):
        while os.read(_STDIN, 4096):
            pass
    child.terminate()
    try:
        child.wait(_END_LIMIT_S)
    except subprocess.TimeoutExpired:
        child.kill()


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends the program even when this process is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
