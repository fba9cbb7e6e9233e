"""The pages of the workspace beside Home: a hosted room with its share panel, a joined room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui.session.panel import SharePanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.core.hosting import HostedRoom
    from codeinterview_desktop.core.joining import JoinedRoom
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.internet.desk import InternetDesk
    from codeinterview_desktop.ui.web_host import WebHost


class SessionPage(QWidget):
    """A room's web view. Call `dispose()` when the page goes.

    Signals:
        changed(): title, lobby, whether it is open or what its view shows changed.
    """

    changed = Signal()
    icon = "join"

    def __init__(self, web: WebHost, *, zoom: float) -> None:
        super().__init__()
        self._web = web
        self.view = web.make_view(zoom=zoom)
        self.view.state_changed.connect(lambda _state: self.changed.emit())
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.view, 1)

    @property
    def title(self) -> str:
        """What the session is called."""
        raise NotImplementedError

    @property
    def waiting(self) -> int:
        """How many people wait in the lobby."""
        return 0

    def dispose(self) -> None:
        """End the web view and the page. Safe to call twice."""
        self._web.release(self.view)
        self.deleteLater()


class JoinedPage(SessionPage):
    """Somebody else's room: nothing but its page, which gets no credential."""

    def __init__(self, web: WebHost, room: JoinedRoom, *, zoom: float) -> None:
        super().__init__(web, zoom=zoom)
        self.room = room
        self.view.open(room.url, None)

    @property
    def title(self) -> str:
        """What the session is called."""
        return self.room.title


class HostedPage(SessionPage):
    """A room that the user hosts, beside its share panel.

    Signals:
        knocked(LobbyEntry): somebody new waits.
        refused(str): the server's sentence when something was not done.
    """

    knocked = Signal(object)
    refused = Signal(str)
    icon = "host"

    def __init__(
        self,
        theme: ThemeController,
        web: WebHost,
        room: HostedRoom,
        internet: InternetDesk,
        *,
        zoom: float,
    ) -> None:
        super().__init__(web, zoom=zoom)
        self.room = room
        if room.ref.place is Place.TEAM:
            self.icon = "team"
        self._internet = internet
        self.panel = SharePanel(theme)
        self._layout.addWidget(self.panel)
        internet.serve(self.panel.internet)
        shown = internet.changed.connect(self._show_internet)
        self._disconnects: list[Callable[[], object]] = [
            room.changed.connect(self._refresh),
            room.watch.changed.connect(lambda _before, _now: self._refresh()),
            room.watch.knocked.connect(self.knocked.emit),
            room.watch.refused.connect(self.refused.emit),
            lambda: QObject.disconnect(shown),
        ]
        self._refresh()

    @property
    def title(self) -> str:
        """What the session is called."""
        return self.room.session.title

    @property
    def waiting(self) -> int:
        """How many people wait in the lobby."""
        return len(self.room.watch.state.lobby) if self.room.is_open else 0

    def copy_link(self) -> bool:
        """Copy the best link for the candidate; whether there was one."""
        self.panel.link.feedback.copy()
        return bool(self.room.links(Role.CANDIDATE))

    def dispose(self) -> None:
        """Hear nothing more of the room, end the web view and the page. Safe to call twice."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects.clear()
        super().dispose()

    def _show_internet(self) -> None:
        self.panel.internet.show_internet(self._internet.view_of(self.room))

    def _refresh(self) -> None:
        self.panel.show_room(self.room, self._internet.view_of(self.room))
        url, credential = self.room.page_url, self.room.web_credential
        if url is not None and credential is not None:
            # While the server is away the page stays and reconnects by itself.
            self.view.open(url, credential)
        self.changed.emit()
