"""The settings: who one is, how others reach the server, where sessions are kept, how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from codeinterview_desktop.core.database_check import check_database
from codeinterview_desktop.core.settings import NAME_LIMIT, AppSettings, ThemeChoice, parse_setting
from codeinterview_desktop.ui.dialogs.database_choice import CheckDatabase, DatabaseChoice
from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.fields import CheckBox, Field, Select
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from codeinterview_desktop.core.settings import SettingsStore
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background

_THEMES: Final = {
    ThemeChoice.SYSTEM: "Like the system",
    ThemeChoice.LIGHT: "Light",
    ThemeChoice.DARK: "Dark",
}
_RESTARTS: Final = "The server starts again with this. Everybody in a room reconnects."
_MOVES: Final = (
    "The server starts again with the other database. Interviews in the old one stay there and"
    " close for everybody until you switch back."
)


class SettingsDialog(DialogFrame):
    """Edits the settings; nothing changes before Save."""

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        store: SettingsStore,
        background: Background,
        check: CheckDatabase = check_database,
    ) -> None:
        super().__init__(theme, parent, title="Settings", icon="settings", tone="muted")
        self._store = store
        current = store.current
        self.name = QLineEdit(current.name)
        self.name.setMaxLength(NAME_LIMIT)
        self.name_field = Field("Your &name", self.name, "How others see you in a room.")
        self.port = QLineEdit(str(current.port) if current.port else "")
        self.port.setMaxLength(5)
        self.port.setValidator(QIntValidator(0, 65535, self.port))
        self.port.setPlaceholderText("Any free one")
        self.port_field = Field(
            "P&ort", self.port, "Links carry it. If it is taken, the next free one is used."
        )
        self.network = CheckBox(theme, "Let others on this net&work in")
        self.network.setChecked(current.allow_network)
        self.database = DatabaseChoice(theme, background, check, current.database_url)
        self.look = Select(theme)
        for choice, words in _THEMES.items():
            self.look.addItem(words, choice.value)
        self.look.setCurrentIndex(self.look.findData(current.theme.value))
        self.look_field = Field("&Look", self.look)
        self.banner = Banner(theme, closable=False)
        # Beside each other: with everything open the dialog must fit a small laptop's screen.
        you = QHBoxLayout()
        you.setSpacing(12)
        you.addWidget(self.name_field, 3, Qt.AlignmentFlag.AlignTop)
        you.addWidget(self.look_field, 2, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(you)
        for widget in (
            frame("line"),
            label("Server", "strong"),
            self.port_field,
            self.network,
            frame("line"),
            label("Database", "strong"),
            self.database,
            self.banner,
        ):
            self.body.addWidget(widget)
        self.cancel = self.add_button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.save = self.add_button("&Save", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        self.port.textChanged.connect(lambda _text: self._explain())
        self.network.toggled.connect(lambda _on: self._explain())
        self.database.changed.connect(self._explain)
        self.name.textEdited.connect(lambda _text: self.name_field.set_error(""))
        self.name.setFocus()

    def focus_for(self, problem_code: str) -> None:
        """Put the cursor where a server's failure is mended."""
        if problem_code == "PORT_BUSY":
            self.port.setFocus()
            self.port.selectAll()
        elif problem_code == "DATABASE":
            (self.database.url if self.database.other.isChecked() else self.database.own).setFocus()

    def _values(self) -> dict[str, Any]:
        return {
            "name": self.name.text(),
            "port": int(self.port.text() or 0),
            "allow_network": self.network.isChecked(),
            "database_url": self.database.value,
            "theme": str(self.look.currentData()),
        }

    def _explain(self) -> None:
        current, wanted = self._store.current, self._values()
        if _moves(current, wanted):
            self.banner.say(_MOVES, "warning")
        elif (wanted["port"], wanted["allow_network"]) != (current.port, current.allow_network):
            self.banner.say(_RESTARTS)
        else:
            self.banner.hide()
        self.save.setText("&Save and restart server" if self.banner.text else "&Save")

    def _save(self) -> None:
        for field in (self.name_field, self.port_field, self.database.field):
            field.set_error("")
        values = self._values()
        if self.database.other.isChecked() and not values["database_url"]:
            self.database.field.set_error("Enter the address of the database.")
            self.database.url.setFocus()
            return
        for name, field in (
            ("name", self.name_field),
            ("port", self.port_field),
            ("database_url", self.database.field),
        ):
            try:
                parse_setting(name, values[name])
            except ValueError as error:
                field.set_error(str(error))
                field.control.setFocus()
                return
        try:
            self._store.update(**values)
        except (ValueError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self.banner.say(f"The settings were not saved: {reason}.", "danger")
            return
        self.accept()


def _moves(current: AppSettings, wanted: dict[str, Any]) -> bool:
    return (wanted["database_url"] or None) != (current.database_url or None)
