"""The share panel beside a hosted room: how to get in, by what rule, who is there. For the host.

Who knocks is not shown here: the room's page beside it lists them, and `KnockList` while that is
not in front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.internet.section import InternetSection, InternetView
from codeinterview_desktop.ui.session.admission_section import AdmissionSection
from codeinterview_desktop.ui.session.invites_section import InvitesSection
from codeinterview_desktop.ui.session.link_section import LinkSection
from codeinterview_desktop.ui.session.people_section import PeopleSection
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.buttons import button, icon_button
from codeinterview_desktop.ui.widgets.empty_state import EmptyState
from codeinterview_desktop.ui.widgets.labels import ElidedLabel
from codeinterview_desktop.ui.widgets.status import Status, StatusLabel
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from codeinterview_desktop.core.hosting import HostedRoom
    from codeinterview_desktop.theme.controller import ThemeController

WIDTH_PX: Final = 348
_PRIVATE: Final = Status(
    "Only you see this panel", "lock", "muted", "Nothing here is shown to the candidate."
)


class SharePanel(QFrame):
    """Shows a `HostedRoom`; `RoomFlow` does what is asked for here.

    Signals:
        close_requested(): the user wants the room's whole width.
        end_requested(): the user wants to end the interview.
    """

    close_requested = Signal()
    end_requested = Signal()

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._shown: tuple[object, ...] | None = None
        self.setProperty("kind", "bar")
        self.setProperty("edge", "left")
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName("Share panel")
        self.title = ElidedLabel("", "heading")
        self.saved = StatusLabel(theme)
        self.close_button = icon_button(theme, "panel-close", "Hide the panel (F9)")
        self.close_button.clicked.connect(self.close_requested)
        self.banner = Banner(theme)
        self.link = LinkSection(theme)
        self.internet = InternetSection(theme)
        self.admission = AdmissionSection(theme)
        self.invites = InvitesSection(theme)
        self.people = PeopleSection(theme)
        self.over = EmptyState(
            theme,
            "end",
            "The interview has ended",
            "Nobody can join or type any more. You find it under Recent on the Home page.",
        )
        self.over.hide()
        self._lines = tuple(frame("line") for _ in range(3))
        self.end = button("&End interview…", "danger", theme=theme, icon="end")
        self.end.clicked.connect(self.end_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head(theme))
        layout.addWidget(frame("line"))
        layout.addWidget(self._middle(), 1)
        self._bottom = self._foot()
        layout.addWidget(self._bottom)

    def show_room(self, room: HostedRoom, internet: InternetView) -> None:
        """Show the room, and the way to it from the internet, as they are now."""
        state = room.watch.state
        self.title.setText(room.session.title)
        self.saved.show_status(wording.saved_word(state) if room.is_open else None)
        self.admission.show_session(room.session)
        self.admission.show_nearby(room.nearby_reach, wanted=room.is_shown)
        self.people.show_people(
            state.participants,
            state.me.id if state.me is not None else None,
            observers_listed=room.session.observers_listed,
            can_change=room.is_open,
        )
        for widget in (
            self.link,
            self.admission,
            self.invites,
            *self._lines,
            self._bottom,
        ):
            widget.setVisible(room.is_open)
        # A team's server is reached without it.
        is_here = room.ref.place is Place.HERE
        self.internet.setVisible(room.is_open and is_here)
        self._lines[0].setVisible(room.is_open and is_here)
        self.internet.show_internet(internet)
        self.over.setVisible(not room.is_open)
        if state.over is not None:
            self.over.explain("The interview is over", state.over, "end")
        self._show_links(room)

    def _show_links(self, room: HostedRoom) -> None:
        links = {role: room.links(role) for role in Role}
        revoked = frozenset(role for role in Role if room.invites.of(role) is None)
        policy = room.session.join_policy
        shown = (*links.values(), revoked, policy)
        if shown == self._shown:
            return
        self._shown = shown
        self.link.show_links(
            links[Role.CANDIDATE],
            room.session.code_label,
            policy,
            is_off=Role.CANDIDATE in revoked,
        )
        self.invites.show_invites(
            {role: each[0].url for role, each in links.items() if each}, revoked
        )

    def _head(self, theme: ThemeController) -> QVBoxLayout:
        name = QHBoxLayout()
        name.setSpacing(8)
        name.addWidget(self.title, 1)
        name.addWidget(self.close_button)
        states = QHBoxLayout()
        states.setSpacing(12)
        states.addWidget(StatusLabel(theme, _PRIVATE))
        states.addStretch(1)
        states.addWidget(self.saved)
        head = QVBoxLayout()
        head.setContentsMargins(16, 8, 12, 10)
        head.setSpacing(2)
        head.addLayout(name)
        head.addLayout(states)
        return head

    def _middle(self) -> QScrollArea:
        content = QWidget()
        content.setProperty("kind", "scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(16)
        for widget in (
            self.banner,
            self.over,
            self.link,
            self._lines[0],
            self.internet,
            self._lines[1],
            self.admission,
            self.invites,
            self._lines[2],
            self.people,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        self._area = area
        return area

    def _foot(self) -> QFrame:
        foot = frame("bar")
        foot.setProperty("edge", "top")
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.addWidget(self.end)
        return foot

    def complain(self, sentence: str) -> None:
        """Say at the top what did not work, and let the user try again."""
        self.banner.say(sentence, "danger")
        self.admission.retry()
        self.invites.retry()
        self._area.verticalScrollBar().setValue(0)
