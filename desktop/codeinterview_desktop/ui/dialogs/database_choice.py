"""Settings' database: the app's own, or an existing PostgreSQL with Test connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.fields import Field
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import Status, StatusLabel

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background

CheckDatabase = Callable[[str], Awaitable[str]]


class DatabaseChoice(QWidget):
    """Asks which database to use.

    Signals:
        changed(): another choice or address.
    """

    changed = Signal()

    def __init__(
        self, theme: ThemeController, background: Background, check: CheckDatabase, url: str | None
    ) -> None:
        super().__init__()
        self._background = background
        self._check = check
        self.own = QRadioButton("The app’s &own database, on this computer")
        self.other = QRadioButton("An existing &PostgreSQL")
        self.url = QLineEdit(url or "")
        self.url.setMaxLength(2000)
        self.url.setPlaceholderText("postgresql://user:password@host:5432/name")
        self.field = Field("&Address", self.url)
        self.test = button("&Test connection")
        self.test.clicked.connect(self._test)
        self.outcome = label("", "meta", wrap=True)
        self.state = StatusLabel(theme)
        (self.other if url else self.own).setChecked(True)
        self.own.toggled.connect(self._chosen)
        self.url.textEdited.connect(lambda _text: self._edited())
        tested = QHBoxLayout()
        tested.setSpacing(12)
        tested.addWidget(self.test)
        tested.addWidget(self.state)
        tested.addWidget(self.outcome, 1)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(22, 0, 0, 0)
        details.setSpacing(8)
        details.addWidget(self.field)
        details.addLayout(tested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.own)
        layout.addWidget(self.other)
        layout.addWidget(self._details)
        self._details.setVisible(bool(url))

    @property
    def value(self) -> str | None:
        """The address as typed; None for the app's own database."""
        return None if self.own.isChecked() else self.url.text().strip()

    def _chosen(self, _own: bool) -> None:
        self._details.setVisible(self.other.isChecked())
        if self.other.isChecked():
            self.url.setFocus()
        self.changed.emit()

    def _edited(self) -> None:
        self.field.set_error("")
        self._tell("", None)
        self.changed.emit()

    def _test(self) -> None:
        self.field.set_error("")
        self.test.setEnabled(False)
        self._tell("", Status("Connecting…", "progress", "muted"))

        async def work() -> str:
            return await self._check(self.url.text().strip())

        self._background.run(
            self, work(), "test the database", done=self._works, failed=self._fails
        )

    def _works(self, sentence: str) -> None:
        self.test.setEnabled(True)
        self._tell("", Status(sentence, "check-circle", "success"))

    def _fails(self, sentence: str) -> None:
        self.test.setEnabled(True)
        self._tell("", Status("It does not work", "error", "danger"))
        self.field.set_error(sentence)

    def _tell(self, sentence: str, status: Status | None) -> None:
        self.outcome.setText(sentence)
        self.state.show_status(status)
