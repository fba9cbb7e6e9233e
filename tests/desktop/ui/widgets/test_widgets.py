"""The building blocks: what is cut, what keeps the keyboard, what is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.avatar import initial_of
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.empty_state import EmptyState
from codeinterview_desktop.ui.widgets.fields import CheckBox, Field, Select
from codeinterview_desktop.ui.widgets.focus_ring import FocusRing
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, label
from codeinterview_desktop.ui.widgets.rows import Row, RowList
from codeinterview_desktop.ui.widgets.status import Status, StatusLabel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

MARKUP = "<b>bold</b> & <img src=http://example.org/x>"


def test_an_elided_label_fits_and_keeps_the_whole_in_its_tooltip(qtbot: QtBot) -> None:
    made = ElidedLabel("a title\nthat is rather long")
    qtbot.addWidget(made)
    made.resize(60, 20)
    made.show()
    assert made.shown_text().endswith("…")
    assert made.toolTip() == "a title that is rather long"
    made.resize(600, 20)
    assert made.shown_text() == made.text()
    assert made.toolTip() == ""


def test_texts_of_others_are_never_markup(qtbot: QtBot, theme: ThemeController) -> None:
    plain = Qt.TextFormat.PlainText
    assert label(MARKUP).textFormat() is plain
    assert ElidedLabel(MARKUP).textFormat() is plain
    assert Row(MARKUP, MARKUP).title.textFormat() is plain


def test_a_field_says_its_error_in_place_of_its_hint(qtbot: QtBot) -> None:
    control = QLineEdit()
    field = Field("&Name", control, "How others see you.")
    qtbot.addWidget(field)
    field.show()
    assert control.accessibleName() == "Name"
    assert control.accessibleDescription() == "How others see you."
    field.set_error("Too long.")
    assert (field.error, control.accessibleDescription()) == ("Too long.", "Too long.")
    assert control.property("invalid") is True
    field.set_error("")
    assert control.accessibleDescription() == "How others see you."
    assert control.property("invalid") is False


def test_rows_keep_the_keyboard_where_it_was(qtbot: QtBot, theme: ThemeController) -> None:
    made = RowList(EmptyState(theme, "history", "Nothing", "Yet."))
    qtbot.addWidget(made)
    made.show()

    def rows(*names: str) -> list[Row]:
        return [Row(name, "", tail=(QPushButton(name),)) for name in names]

    made.show_rows(rows("a", "b", "c"))
    made.activateWindow()
    made.rows[1].findChildren(QPushButton)[0].setFocus()
    made.show_rows(rows("a", "x"))
    focused = made.window().focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "x"
    made.show_rows([])
    assert made.empty.isVisible()


def test_a_banner_says_one_thing_until_it_is_dismissed(
    qtbot: QtBot, theme: ThemeController
) -> None:
    banner = Banner(theme)
    qtbot.addWidget(banner)
    assert banner.text == ""
    banner.say("The server does not run.", "danger", "&Try again")
    assert banner.text == "The server does not run."
    action = next(each for each in banner.findChildren(QPushButton) if each.isVisible())
    with qtbot.waitSignal(banner.acted):
        action.click()
    banner.say("Something else.")
    assert not action.isVisible()
    with qtbot.waitSignal(banner.dismissed):
        banner.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1].click()  # type: ignore[attr-defined]
    assert banner.text == ""


def test_a_state_is_told_in_words(qtbot: QtBot, theme: ThemeController) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    layout = QVBoxLayout(parent)
    made = StatusLabel(theme)
    layout.addWidget(made)
    parent.show()
    assert not made.isVisible()
    made.show_status(Status("Saved", "check-circle", "success", "Everything is there."))
    assert made.isVisible()
    assert (made.accessibleName(), made.toolTip()) == ("Saved", "Everything is there.")
    made.show_status(None)
    assert not made.isVisible()


@pytest.mark.parametrize(
    ("name", "initial"),
    [
        ("Ada", "A"),
        ("  ö", "Ö"),
        ("李小龍", "李"),
        ("<>", "·"),
        ("", "·"),
        ("ß", "S"),
        ("(5)", "5"),
    ],
)
def test_initials(name: str, initial: str) -> None:
    assert initial_of(name) == initial


def test_the_focus_ring_follows_the_keyboard(qtbot: QtBot, theme: ThemeController) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ring = FocusRing(app, theme)
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    first, field, last = QPushButton("first"), QLineEdit(), QPushButton("last")
    for widget in (first, field, last):
        layout.addWidget(widget)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    first.setFocus()
    targets = [ring.target]
    for widget in (first, field):
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
        targets.append(ring.target)
    # A text field shows focus by its own border.
    assert targets == [first, None, last]
    ring.deleteLater()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_painted_controls_paint_in_both_themes(
    qtbot: QtBot, theme: ThemeController, mode: str
) -> None:
    theme.choose("dark" if mode == "dark" else "light")
    window = QWidget()
    window.setProperty("kind", "page")
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    box, select = CheckBox(theme, "Let others in"), Select(theme)
    select.addItem("Python")
    layout.addWidget(box)
    layout.addWidget(select)
    window.show()
    empty = box.grab().toImage()
    box.setChecked(True)
    assert box.grab().toImage() != empty
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=box.rect().center())
    assert not box.isChecked()
