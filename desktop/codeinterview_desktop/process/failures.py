"""What nobody caught: into the log, and one sentence to the user instead of a traceback."""

from __future__ import annotations

import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from codeinterview_desktop.core.failure_details import failure_details

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from codeinterview_desktop.core.reports import Reports

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_TITLE = "Something unexpected happened"
_SENTENCE = "The interview goes on. If something does not work now, start the app again."
# A failing paint event repeats with every frame.
_QUIET_S = 30.0

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FailureCatcher:
    """Takes over the hooks for what nobody caught, from `install()` to `remove()`."""

    def __init__(
        self, reports: Reports, log_path: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reports = reports
        self._log_path = log_path
        self._clock = clock
        self._quiet_until_s = float("-inf")
        self._old_hook = sys.excepthook
        self._old_thread_hook = threading.excepthook

    def install(self) -> None:
        """Take over; Qt's own messages go to the log too."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook = self._old_hook
        threading.excepthook = self._old_thread_hook
        qInstallMessageHandler(None)

    def on_loop_failure(self, _loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """An exception handler for the event loop."""
        error = context.get("exception")
        _log.error("%s", context.get("message"), exc_info=error)
        if error is not None:
            self._tell(error)

    def on_task_failure(self, _name: str, error: BaseException) -> None:
        """What `BackgroundTasks` is to call; it has logged the failure already."""
        self._tell(error)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        _log.error("Nobody caught this", exc_info=(kind, error, trace))
        self._tell(error)

    def _on_thread_exception(self, failure: threading.ExceptHookArgs) -> None:
        # Another thread must not touch windows.
        _log.error(
            "A thread failed",
            exc_info=(
                failure.exc_type,
                failure.exc_value or failure.exc_type(),
                failure.exc_traceback,
            ),
        )

    def _tell(self, error: BaseException) -> None:
        now_s = self._clock()
        if now_s >= self._quiet_until_s:
            self._quiet_until_s = now_s + _QUIET_S
            self._reports.problem(_TITLE, _SENTENCE, self._log_path, failure_details(error))


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    category = context.category or "default"
    # Pages may write anything to their console, secrets too.
    if category != "js":
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, message)
