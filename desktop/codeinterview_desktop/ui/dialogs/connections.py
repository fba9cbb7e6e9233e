"""Help's "Check connections": each way to this app, whether it answers, and what helps if not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from codeinterview_desktop.core.doctor.details import connection_details, time_word
from codeinterview_desktop.core.doctor.findings import Finding, Verdict
from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.widgets.buttons import CopyFeedback, copy_button
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, fixed_font, label
from codeinterview_desktop.ui.widgets.status import Status, StatusLabel
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codeinterview_desktop.core.doctor.doctor import Doctor
    from codeinterview_desktop.core.doctor.findings import Check
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background

_WIDTH_PX: Final = 580
# What is left of it beside the margins and a scroll bar.
_INNER_PX: Final = 520
_LIST_MOST_PX: Final = 460
_CHECKING: Final = Status("Checking…", "progress", "muted")
_WORDS: Final[Mapping[Verdict, Status]] = {
    Verdict.GOOD: Status("Works", "check-circle", "success"),
    Verdict.CAUTION: Status("Look here", "alert", "warning"),
    Verdict.BAD: Status("Does not work", "error", "danger"),
    Verdict.OFF: Status("Off", "ring", "muted"),
}


class ConnectionsDialog(DialogFrame):
    """Checks when it opens, and again when asked."""

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        doctor: Doctor,
        background: Background,
    ) -> None:
        super().__init__(
            theme,
            parent,
            title="Check connections",
            sentence="By which ways others reach this app, each asked from this computer.",
            icon="network",
            width_px=_WIDTH_PX,
        )
        self._theme = theme
        self._doctor = doctor
        self._background = background
        self.rows: list[CheckRow] = []
        self._list = _RowArea()
        self.body.addWidget(self._list)
        self.copy = self.add_side_button("Copy &details")
        self.copy.setToolTip("Addresses and what was found, to paste into a message. No secrets.")
        CopyFeedback(self.copy, theme, self.details)
        self.again = self.add_button("Check &again")
        self.again.clicked.connect(self.check)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self.check()
        self.close_button.setFocus()

    def check(self) -> None:
        """Ask at every way that there is now, all at once."""
        for old in self.rows:
            self._list.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = [CheckRow(self._theme, check) for check in self._doctor.checks()]
        self.again.setEnabled(False)
        for row in self.rows:
            self._list.column.addWidget(row)
            # Each row is an owner of its own: what comes for one that is gone is dropped.
            self._background.run(
                row,
                row.check.run(),
                f"check {row.check.where or row.check.title}",
                done=partial(self._found, row),
                failed=partial(self._broke, row),
            )

    def details(self) -> str:
        """What was found so far, as text."""
        return connection_details((row.check, row.finding) for row in self.rows)

    def _broke(self, row: CheckRow, sentence: str) -> None:
        self._found(row, Finding(Verdict.BAD, sentence))

    def _found(self, row: CheckRow, finding: Finding) -> None:
        row.show_finding(finding)
        self.again.setEnabled(all(each.finding is not None for each in self.rows))


class _RowArea(QScrollArea):
    """Rows beneath each other, as high as they are, up to what fits a small laptop's screen."""

    def __init__(self) -> None:
        super().__init__()
        self._content = QWidget()
        self._content.setProperty("kind", "scrolled")
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(0, 0, 8, 0)
        self.column.setSpacing(12)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Ways to this app")
        self.setWidget(self._content)
        self._content.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the rows: by itself an area gives wrapped words the height of narrow ones."""
        if watched is self._content and event.type() is QEvent.Type.LayoutRequest:
            wanted = max(0, self.column.totalHeightForWidth(_INNER_PX))
            self._content.setFixedHeight(wanted)
            self.setFixedHeight(min(wanted, _LIST_MOST_PX))
        return super().eventFilter(watched, event)


class CheckRow(QWidget):
    """One way: state, name and address, what was found, perhaps a command to copy."""

    def __init__(self, theme: ThemeController, check: Check) -> None:
        super().__init__()
        self.check = check
        self.finding: Finding | None = None
        self.state = StatusLabel(theme, _CHECKING)
        self.state.setFixedWidth(120)
        self.took = label("", "meta")
        self.sentence = label("", "meta", wrap=True)
        self.command = QLineEdit()
        self.command.setProperty("kind", "link")
        self.command.setReadOnly(True)
        self.command.setFont(fixed_font(12))
        self.command.setAccessibleName("Command for a terminal")
        self._command_row = QWidget()
        command = QHBoxLayout(self._command_row)
        command.setContentsMargins(0, 0, 0, 0)
        command.setSpacing(6)
        command.addWidget(self.command, 1)
        command.addWidget(copy_button(theme, self.command.text, "Copy the command"))
        self._command_row.hide()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(ElidedLabel(check.title, "strong"), 1)
        head.addWidget(self.took)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        if check.where:
            where = ElidedLabel(check.where)
            where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(where)
        words.addWidget(self.sentence)
        words.addWidget(self._command_row)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(row)
        layout.addWidget(frame("line"))
        self.setAccessibleName(f"{check.title} {check.where}".strip())

    def show_finding(self, finding: Finding) -> None:
        """Shows what was found."""
        self.finding = finding
        self.state.show_status(_WORDS[finding.verdict])
        self.took.setText(time_word(finding.time_ms) if finding.time_ms is not None else "")
        self.sentence.setText(finding.sentence)
        self.command.setText(finding.command)
        self.command.setCursorPosition(0)
        self._command_row.setVisible(bool(finding.command))
        self.setAccessibleDescription(f"{_WORDS[finding.verdict].word}. {finding.sentence}")
