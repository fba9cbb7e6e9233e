"""The tray: reaches the app while its window is away and hosting goes on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from codeinterview_desktop.theme.icons import application_icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.core.hosting import HostedRoom

_NOTIFY_FOR_MS: Final = 10_000
_TITLE_LIMIT: Final = 60


class Tray(QObject):
    """Owns the tray icon, where the desktop has a tray.

    Signals:
        show_requested(): the window is wanted.
        copy_requested(str): the link of the session with this key is wanted.
        end_requested(str): the session with this key shall end.
        quit_requested(): the app shall end.
    """

    show_requested = Signal()
    copy_requested = Signal(str)
    end_requested = Signal(str)
    quit_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menu = QMenu(parent)
        self.icon = QSystemTrayIcon(application_icon(), self)
        self._shown: tuple[tuple[str, str], ...] | None = None
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.show_requested)
        self.show_rooms(())
        if self.is_available:
            self.icon.show()

    @property
    def is_available(self) -> bool:
        """Whether there is a tray to be in."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show_rooms(self, rooms: Sequence[HostedRoom]) -> None:
        """Offer what can be done with the sessions hosted now."""
        shown = tuple((room.ref.key, room.session.title) for room in rooms if room.is_open)
        if shown == self._shown:
            return
        self._shown = shown
        self.menu.clear()
        self.menu.addAction("&Show CodeInterview", self.show_requested.emit)
        for key, title in shown:
            self.menu.addSeparator()
            self.menu.addAction(_short(title).replace("&", "&&")).setEnabled(False)
            self.menu.addAction("&Copy link", partial(self.copy_requested.emit, key))
            self.menu.addAction("&End for everyone…", partial(self.end_requested.emit, key))
        self.menu.addSeparator()
        self.menu.addAction("&Quit", self.quit_requested.emit)
        self.icon.setToolTip(f"CodeInterview: hosting {len(shown)}" if shown else "CodeInterview")

    @property
    def can_notify(self) -> bool:
        """Whether notifications can be shown here."""
        return self.is_available and QSystemTrayIcon.supportsMessages()

    def notify(self, title: str, sentence: str) -> None:
        """Show a native notification."""
        self.icon.showMessage(title, sentence, application_icon(), _NOTIFY_FOR_MS)

    def close(self) -> None:
        """Leave the tray. Safe to call twice."""
        self.icon.hide()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self.show_requested.emit()


def _short(title: str) -> str:
    return title if len(title) <= _TITLE_LIMIT else f"{title[: _TITLE_LIMIT - 1]}…"
