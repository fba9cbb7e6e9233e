"""A list of rows: each a title, a line of details and its buttons. Scrolls, or explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from codeinterview_desktop.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.ui.widgets.empty_state import EmptyState


class Row(QFrame):
    """One entry; `lead` stands before its words, `tail` behind them, `state` before the details."""

    def __init__(
        self,
        title: str,
        details: str,
        *,
        lead: QWidget | None = None,
        state: QWidget | None = None,
        tail: Sequence[QWidget] = (),
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.setAccessibleDescription(details)
        self.title = ElidedLabel(title, "strong")
        self.details = ElidedLabel(details, "meta")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        second = QHBoxLayout()
        second.setSpacing(8)
        if state is not None:
            second.addWidget(state)
        second.addWidget(self.details, 1)
        words.addLayout(second)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 8, 8)
        layout.setSpacing(12)
        if lead is not None:
            layout.addWidget(lead, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        for widget in tail:
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)


class RowList(QWidget):
    """Rows beneath each other, or an `EmptyState` while there are none."""

    def __init__(self, empty: EmptyState, *, scroll: Literal["inside", "outside"] = "inside"):
        super().__init__()
        self.empty = empty
        self._rows: list[Row] = []
        self._content = QWidget()
        self._content.setProperty("kind", "scrolled")
        self._column = QVBoxLayout(self._content)
        margin = 4 if scroll == "inside" else 0
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        shown: QWidget = self._content
        if scroll == "inside":
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setWidget(self._content)
            shown = area
        self._list = shown
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(empty)
        self._stack.addWidget(shown)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as shown."""
        return tuple(self._rows)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Shows other rows; the old ones are deleted."""
        focused = next(
            (index for index, row in enumerate(self._rows) if _has_focus(row)),
            None,
        )
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = list(rows)
        for index, row in enumerate(self._rows):
            self._column.insertWidget(index, row)
        self._stack.setCurrentWidget(self._list if rows else self.empty)
        if focused is not None and self._rows:
            # The keyboard stays where it was in the list.
            _focus_first(self._rows[min(focused, len(self._rows) - 1)])


def _has_focus(row: QWidget) -> bool:
    # Qt's types forget that nothing may have it.
    focus = cast("QWidget | None", row.window().focusWidget())
    return focus is not None and row.isAncestorOf(focus)


def _focus_first(row: QWidget) -> None:
    for widget in row.findChildren(QWidget):
        if widget.focusPolicy() is Qt.FocusPolicy.StrongFocus and widget.isEnabled():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return
