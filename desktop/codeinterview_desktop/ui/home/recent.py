"""Earlier interviews, hosted and joined, with a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from codeinterview_desktop.core.copying import other
from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.values import Phase
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.team.words import place_word
from codeinterview_desktop.ui.widgets.buttons import button, icon_button
from codeinterview_desktop.ui.widgets.empty_state import EmptyState
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.rows import Row, RowList
from codeinterview_desktop.ui.widgets.status import IconLabel, Status, StatusLabel
from codeinterview_desktop.ui.widgets.styling import frame
from codeinterview_server.domain.clock import now_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codeinterview_desktop.core.recent import RecentSession
    from codeinterview_desktop.theme.controller import ThemeController

_SEARCH_DELAY_MS: Final = 150
_NOTHING: Final = (
    "No interviews yet",
    "Interviews that you host or join are kept here, so that you can open them again.",
    "history",
)


class RecentSection(QWidget):
    """Lists earlier sessions and what can be done with each.

    Signals:
        search_requested(str): ask for the sessions that match.
        open_requested(RecentSession): open it again.
        end_requested(RecentSession): end it for everyone.
        delete_requested(RecentSession): delete it, or forget it when it was joined.
        copy_requested(RecentSession): copy it to the other place.
        share_requested(RecentSession): share it with the team, or stop to.
    """

    search_requested = Signal(str)
    open_requested = Signal(object)
    end_requested = Signal(object)
    delete_requested = Signal(object)
    copy_requested = Signal(object)
    share_requested = Signal(object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._sessions: tuple[RecentSession, ...] = ()
        self._waiting: dict[str, int] = {}
        self._can_copy_to_team = False
        self.setAccessibleName("Recent")
        self.search = QLineEdit()
        self.search.setProperty("kind", "search")
        self.search.setPlaceholderText("Search by title or code")
        self.search.setAccessibleName("Search recent interviews")
        self.search.setClearButtonEnabled(False)
        self.search.setMaxLength(200)
        self.search.setFixedWidth(240)
        icon = QAction(theme.icons.icon("search", "muted"), "", self)
        self.search.addAction(icon, QLineEdit.ActionPosition.LeadingPosition)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_SEARCH_DELAY_MS)
        self._delay.timeout.connect(self.ask)
        self.search.textChanged.connect(lambda _text: self._delay.start())
        self.list = RowList(EmptyState(theme, _NOTHING[2], _NOTHING[0], _NOTHING[1]))
        card = frame("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(4, 4, 4, 4)
        inner.addWidget(self.list)
        heading = QHBoxLayout()
        heading.addWidget(label("Recent", "heading"), 1)
        heading.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(heading)
        layout.addWidget(card, 1)

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.search.text().strip()

    def ask(self) -> None:
        """Asks for the sessions that match what is typed."""
        self.search_requested.emit(self.query)

    def show_sessions(self, sessions: tuple[RecentSession, ...], query: str) -> None:
        """Shows what was found for `query`."""
        if query:
            self.list.empty.explain(
                "Nothing found",
                f"No interview’s title or code contains “{query}”.",
                "search",
            )
        else:
            self.list.empty.explain(*_NOTHING)
        self._sessions = sessions
        self.list.show_rows([self._row(session) for session in sessions])

    def show_waiting(self, waiting: Mapping[str, int]) -> None:
        """Counts, at the rows of hosted sessions by their keys, who waits to be let in."""
        counts = {key: count for key, count in waiting.items() if count}
        if counts != self._waiting:
            self._waiting = counts
            self.list.show_rows([self._row(session) for session in self._sessions])

    def offer_copies(self, *, to_team: bool) -> None:
        """Says whether there is a team server to copy sessions to."""
        if to_team != self._can_copy_to_team:
            self._can_copy_to_team = to_team
            self.list.show_rows([self._row(session) for session in self._sessions])

    def show_looking(self) -> None:
        """Says that the list is still being fetched, until there is an answer."""
        self.list.empty.explain("Looking for earlier interviews…", "", "progress")

    def show_failure(self, sentence: str) -> None:
        """Says why the list cannot be shown."""
        self.list.empty.explain("Recent interviews cannot be listed", sentence, "alert")
        self._sessions = ()
        self.list.show_rows([])

    def _row(self, session: RecentSession) -> Row:
        again = button("Open" if session.phase is not Phase.ENDED else "Read")
        again.setMinimumWidth(72)
        again.setAccessibleName(f"{again.text()} {session.title}")
        again.clicked.connect(lambda: self.open_requested.emit(session))
        whose, icon = _whose(session)
        lead = IconLabel(self._theme, icon, "muted", 20)
        lead.setToolTip(whose)
        more = self._more(session)
        waiting = self._waiting.get(session.ref.key, 0) if session.hosted else 0
        state = Status(f"{waiting} waiting", "knock", "accent") if waiting else _state(session)
        row = Row(
            session.title,
            " · ".join(_details(session)),
            lead=lead,
            state=StatusLabel(self._theme, state) if state is not None else None,
            tail=(again, more),
        )
        row.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        row.customContextMenuRequested.connect(
            lambda position: more.menu().popup(row.mapToGlobal(position))
        )
        spoken = [whose, *([state.word] if state is not None else []), *_details(session)]
        row.setAccessibleDescription(", ".join(spoken))
        return row

    def _more(self, session: RecentSession) -> QToolButton:
        more = icon_button(self._theme, "more", f"More for {session.title}")
        menu = QMenu(more)
        if session.hosted and session.phase is Phase.OPEN:
            end = menu.addAction(self._theme.icons.icon("end"), "&End interview…")
            end.triggered.connect(lambda: self.end_requested.emit(session))
        if session.hosted and (session.place is Place.TEAM or self._can_copy_to_team):
            copy = menu.addAction(
                self._theme.icons.icon("copy"), f"&Copy to {place_word(other(session.place))}…"
            )
            copy.triggered.connect(lambda: self.copy_requested.emit(session))
        if session.place is Place.TEAM and session.owner is None:
            word = "&Stop sharing" if session.shared else "&Share with the team…"
            share = menu.addAction(self._theme.icons.icon("people"), word)
            share.triggered.connect(lambda: self.share_requested.emit(session))
        word = "&Delete…" if session.hosted else "&Remove from list"
        delete = menu.addAction(self._theme.icons.icon("trash", "danger"), word)
        delete.triggered.connect(lambda: self.delete_requested.emit(session))
        more.setMenu(menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return more


def _whose(session: RecentSession) -> tuple[str, str]:
    """Where a session is, in words and as an icon."""
    if not session.hosted:
        return "Joined", "join"
    return (
        ("On the team server", "team") if session.place is Place.TEAM else ("Hosted here", "host")
    )


def _details(session: RecentSession) -> list[str]:
    details = [wording.ago(session.at_ms, now_ms())]
    if session.hosted and session.place is Place.TEAM:
        details.insert(0, f"Team server{_shared(session)}")
    if session.language is not None:
        details.append(wording.language_word(session.language))
    if session.participant_count is not None:
        details.append(wording.people_word(session.participant_count))
    return details


def _shared(session: RecentSession) -> str:
    if session.owner is not None:
        return f", of {session.owner}"
    return ", shared with the team" if session.shared else ""


def _state(session: RecentSession) -> Status | None:
    match session.phase:
        case Phase.OPEN:
            return Status("Open", "dot", "success")
        case Phase.ENDED:
            return Status("Ended", "check", "muted")
        case None:
            return None
