"""Asks whether a host that nobody has vouched for yet is the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.labels import fixed_font, label
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.core.tunnels.status import HostKey
    from codeinterview_desktop.theme.controller import ThemeController


class HostKeyDialog(DialogFrame):
    """Shows the fingerprint; Return and Escape are Cancel.

    Signals:
        trusted(): the user says that it is the right host. The dialog stays until it is closed.
    """

    trusted = Signal()

    def __init__(self, theme: ThemeController, parent: QWidget | None, key: HostKey) -> None:
        super().__init__(
            theme,
            parent,
            title="Is this the right host?",
            sentence=(
                f"{key.name} was not connected to from here before. Compare this fingerprint with"
                " the one that its administrator tells you. If they differ, somebody may be"
                " pretending to be that host: press Cancel."
            ),
            icon="alert",
            tone="warning",
        )
        self.fingerprint = label(key.fingerprint)
        # As large as lets it stand on one line, to be compared and copied whole.
        self.fingerprint.setFont(fixed_font(12))
        self.fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.fingerprint.setAccessibleName(f"Fingerprint {key.fingerprint}")
        well = frame("well")
        column = QVBoxLayout(well)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(4)
        column.addWidget(label(f"{key.name}, {key.algorithm}", "meta", wrap=True))
        column.addWidget(self.fingerprint)
        self.banner = Banner(theme, closable=False)
        self.body.addWidget(well)
        self.body.addWidget(self.banner)
        self.cancel = self.add_button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.trust = self.add_button("&Trust this host")
        self.trust.clicked.connect(self.trusted)
        # Return must not vouch for anybody.
        self.cancel.setDefault(True)
        self.cancel.setFocus()
