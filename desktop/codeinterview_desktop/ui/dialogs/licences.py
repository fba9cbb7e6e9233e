"""Whose work the program contains: a list to choose from, and the licence of the chosen part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.core.third_party import Component

_NO_TEXT = "The text of this licence comes with the package itself."


class LicencesDialog(QDialog):
    """Shows the parts that others made."""

    def __init__(self, components: Sequence[Component], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Third-party licences")
        self.resize(960, 600)
        self._components = components
        self.names = QListWidget()
        self.names.setAccessibleName("Parts")
        self.names.addItems([f"{each.name} {each.version}" for each in components])
        self.names.setMinimumWidth(280)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Licence")
        close = button("Close", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        panes = QHBoxLayout()
        panes.setSpacing(12)
        panes.addWidget(self.names)
        panes.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(
            label(f"CodeInterview contains {len(components)} parts that others made.", wrap=True)
        )
        layout.addLayout(panes, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.names.currentRowChanged.connect(self._show)
        self.names.setCurrentRow(0)

    def _show(self, row: int) -> None:
        if row >= 0:
            chosen = self._components[row]
            self.text.setPlainText(f"Licence: {chosen.licence}\n\n{chosen.text or _NO_TEXT}")
