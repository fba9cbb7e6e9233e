"""Home's first action: host an interview, on this computer or on the team's server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from codeinterview_desktop.core.hosting import HostRequest
from codeinterview_desktop.core.places import Place
from codeinterview_desktop.ui.team.words import host_of, team_word
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.fields import Field, Select
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel, StatusLabel
from codeinterview_server.domain.languages import LANGUAGES

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from codeinterview_desktop.core.team import TeamStatus
    from codeinterview_desktop.theme.controller import ThemeController

TITLE_LENGTH = 200
NAME_LENGTH = 255


_PLACES: Final = {
    Place.HERE: "It runs on this computer. Candidates join from any browser with a link.",
    Place.TEAM: "It runs on {where} and goes on while this computer is off.",
}


class HostCard(QFrame):
    """Asks for a title, a candidate, a language and where. Enter hosts.

    Signals:
        host_requested(HostRequest): the form was sent.
        place_chosen(Place): the user wants to host somewhere else from now on.
        account_requested(): the user wants the team server and is not signed in.
    """

    host_requested = Signal(object)
    place_chosen = Signal(object)
    account_requested = Signal()

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName("Host an interview")
        self.title = QLineEdit()
        self.title.setMaxLength(TITLE_LENGTH)
        self.title.setPlaceholderText("Backend interview")
        self.candidate = QLineEdit()
        self.candidate.setMaxLength(NAME_LENGTH)
        self.candidate.setPlaceholderText("Optional")
        self.language = Select(theme)
        for language in LANGUAGES.values():
            self.language.addItem(language.label, language.id)
        self.select_language("python")
        self.place = Select(theme)
        self.place.addItem("This computer", Place.HERE.value)
        self.place.addItem("Team server…", Place.TEAM.value)
        self.place.activated.connect(lambda _index: self._choose_place())
        self.team = StatusLabel(theme)
        self._is_signed_in = False
        self._where = ""
        self._chosen = Place.HERE
        self.submit = button("&Host interview", "primary", theme=theme, icon="host", large=True)
        self.submit.clicked.connect(self._send)
        self._error = label("", "error", wrap=True)

        heading = QHBoxLayout()
        heading.setSpacing(10)
        heading.addWidget(IconLabel(theme, "host", "accent", 20))
        heading.addWidget(label("Host an interview", "heading"), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 20)
        layout.setSpacing(12)
        layout.addLayout(heading)
        layout.addLayout(self._place_row())
        layout.addWidget(Field("&Title", self.title))
        # Beside each other, so that both cards fit a small laptop's screen.
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(Field("&Candidate’s name", self.candidate), 1)
        pair.addWidget(Field("&Language", self.language), 1)
        layout.addLayout(pair)
        layout.addWidget(self._error)
        self._error.hide()
        layout.addWidget(self.submit)

    @property
    def error(self) -> str:
        """Why the last attempt did not work, empty when there is nothing to say."""
        return "" if self._error.isHidden() else self._error.text()

    def select_language(self, language: str) -> None:
        """Selects the language to start with."""
        index = self.language.findData(language)
        if index >= 0:
            self.language.setCurrentIndex(index)

    @property
    def chosen_place(self) -> Place:
        """Where the next interview is hosted."""
        return self._chosen

    def select_place(self, place: Place) -> None:
        """Selects where to host; the team server while the user is signed in there alone."""
        self._chosen = place if self._is_signed_in else Place.HERE
        self.place.setCurrentIndex(self.place.findData(self._chosen.value))
        sentence = _PLACES[self._chosen].format(where=self._where)
        self.place.setToolTip(sentence)
        self.place.setAccessibleDescription(sentence)
        self.team.setVisible(self._chosen is Place.TEAM)

    def show_team(self, status: TeamStatus) -> None:
        """Shows which team server there is to host on."""
        self._is_signed_in = status.is_signed_in
        self._where = host_of(status)
        name = "Team server" if status.is_signed_in else "Team server…"
        self.place.setItemText(self.place.findData(Place.TEAM.value), name)
        self.team.show_status(team_word(status))
        self.select_place(self._chosen)

    def set_busy(self, busy: bool) -> None:
        """Keeps the form from being sent twice."""
        self.submit.setEnabled(not busy)
        self.submit.setText("Opening…" if busy else "&Host interview")

    def set_error(self, sentence: str) -> None:
        """Says why hosting did not work; an empty sentence takes it back."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

    def clear(self) -> None:
        """Makes the form ready for the next interview."""
        self.title.clear()
        self.candidate.clear()
        self.set_error("")

    def focus_form(self) -> None:
        """Puts the cursor where typing starts."""
        self.title.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.title.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Sends the form with Enter, from whatever field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.submit.isEnabled():
            self.submit.click()
            return
        super().keyPressEvent(event)

    def _place_row(self) -> QVBoxLayout:
        # Beside each other, as both cards must fit a small laptop's screen.
        name = label("Host &on")
        name.setTextFormat(Qt.TextFormat.AutoText)
        name.setBuddy(self.place)
        self.place.setAccessibleName("Host on")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(name)
        row.addWidget(self.place, 1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.team)
        return column

    def _send(self) -> None:
        self.set_error("")
        self.host_requested.emit(
            HostRequest(
                title=self.title.text(),
                candidate_name=self.candidate.text(),
                language=str(self.language.currentData()),
                place=self._chosen,
            )
        )

    def _choose_place(self) -> None:
        wanted = Place(str(self.place.currentData()))
        self.select_place(wanted)
        if wanted is self._chosen:
            self.place_chosen.emit(wanted)
        else:
            self.account_requested.emit()
