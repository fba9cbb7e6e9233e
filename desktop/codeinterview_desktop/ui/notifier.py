"""Native notifications: by the tray, or on Linux desktops without one by their own service."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QProcess

if TYPE_CHECKING:
    from codeinterview_desktop.ui.tray import Tray

_TEXT_LIMIT: Final = 80


class Notifier:
    """Tells the user something while they may look elsewhere. For rare things only.

    Args:
        tray: shows notifications where the desktop has a tray.
    """

    def __init__(self, tray: Tray) -> None:
        self._tray = tray

    def knocked(self, name: str, title: str) -> None:
        """Say that somebody waits to be let in."""
        self.notify("Somebody knocks", f"{plain(name)} waits to join {plain(title)}.")

    def notify(self, title: str, sentence: str) -> None:
        """Show a notification; where there is no way to, nothing happens."""
        if self._tray.can_notify:
            self._tray.notify(title, sentence)
            return
        # Desktops without a tray, such as plain GNOME, do have notifications.
        program = shutil.which("notify-send") if sys.platform == "linux" else None
        if program is not None:
            QProcess.startDetached(
                program, ["--app-name=CodeInterview", "--icon=codeinterview", "--", title, sentence]
            )


def plain(text: str) -> str:
    """Somebody else's words, short and without what some desktops read as markup."""
    clean = "".join(sign for sign in text if sign.isprintable() and sign not in "<>&")
    return clean if len(clean) <= _TEXT_LIMIT else f"{clean[: _TEXT_LIMIT - 1]}…"
