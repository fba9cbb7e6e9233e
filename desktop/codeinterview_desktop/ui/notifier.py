"""Native notifications: by the tray, or on Linux desktops without one by their own service."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.ui.tray import Tray

_TEXT_LIMIT: Final = 80
_NAMES: Final = 3


class Notifier:
    """Tells the user something while they may look elsewhere. For rare things only.

    Args:
        tray: shows notifications where the desktop has a tray.
    """

    def __init__(self, tray: Tray) -> None:
        self._tray = tray

    def knocked(self, waiting: Sequence[tuple[str, str]]) -> None:
        """Say in one notification who waits to be let in: names, each with its session's title."""
        names = list(dict.fromkeys(plain(name) for name, _title in waiting))
        titles = list(dict.fromkeys(plain(title) for _name, title in waiting))
        if len(waiting) == 1:
            self.notify("Somebody knocks", f"{names[0]} waits to join {titles[0]}.")
            return
        who = ", ".join(names[:_NAMES])
        if len(names) > _NAMES:
            who = f"{who} and {len(names) - _NAMES} more"
        where = titles[0] if len(titles) == 1 else f"{len(titles)} interviews"
        self.notify(f"{len(waiting)} people knock", f"{who} wait to join {where}.")

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
