"""The list of licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from codeinterview_desktop.core.third_party import Component
from codeinterview_desktop.ui.dialogs.about import AboutDialog
from codeinterview_desktop.ui.dialogs.licences import LicencesDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController


def test_the_chosen_parts_licence_is_shown(qtbot: QtBot) -> None:
    parts = (Component("a", "1", "MIT", "Permission is"), Component("b", "2", "ISC", ""))
    dialog = LicencesDialog(parts, None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.text.toPlainText() == "Licence: MIT\n\nPermission is"
    qtbot.keyClick(dialog.names, Qt.Key.Key_Down)
    assert dialog.text.toPlainText().startswith("Licence: ISC\n\nThe text")


def test_about_opens_it(qtbot: QtBot, theme: ThemeController) -> None:
    about = AboutDialog(theme, None)
    about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(about)
    about.show()
    word = "Third-party &licences"
    next(each for each in about.findChildren(QPushButton) if each.text() == word).click()
    dialog = about.findChild(LicencesDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.names.count() > 20
