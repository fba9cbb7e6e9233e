"""Links that the system hands to the running app: macOS sends an event where others start anew."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent, QGuiApplication

from codeinterview_desktop.core.app_links import is_app_link
from codeinterview_desktop.core.events import Signal


class LinkEvents(QObject):
    """Hears the application's events for as long as it lives.

    Signals:
        link: a `codeinterview:` link was opened.
    """

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__(app)
        self.link: Signal[str] = Signal()
        if sys.platform == "darwin":
            # Elsewhere no such event comes, and every event would pass through here.
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the events that carry one of our links."""
        if isinstance(event, QFileOpenEvent):
            link = event.url().toString()
            if is_app_link(link):
                self.link.emit(link)
                return True
        return super().eventFilter(watched, event)
