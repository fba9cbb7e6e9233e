"""The open interviews as pages of the workspace: made, shown, closed, zoomed, copied from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from codeinterview_desktop.core.places import Place
from codeinterview_desktop.ui.dialogs.question import Answer
from codeinterview_desktop.ui.session.flow import RoomFlow
from codeinterview_desktop.ui.session.page import HostedPage, JoinedPage, SessionPage

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.core.hosting import HostedRoom
    from codeinterview_desktop.core.joining import JoinedRoom
    from codeinterview_desktop.core.services import Services
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background
    from codeinterview_desktop.ui.internet.desk import InternetDesk
    from codeinterview_desktop.ui.leaving import Leaving
    from codeinterview_desktop.ui.memory import Memory
    from codeinterview_desktop.ui.web_host import WebHost
    from codeinterview_desktop.ui.workspace import Workspace

COPIED: Final = "The candidate’s link is copied. Paste it into a message or an invitation."
NO_LINK: Final = "There is no link to copy just now."


class Rooms(QObject):
    """Owns the pages of hosted and joined rooms, until `stop()`.

    Signals:
        changed(): a page came, went or changed.
        knocked(HostedPage, LobbyEntry): somebody waits to be let in.
        said(str): a sentence for the status bar.
        check_requested(): the user wants to know by which ways others get in.
    """

    changed = Signal()
    knocked = Signal(object, object)
    said = Signal(str)
    check_requested = Signal()

    def __init__(
        self,
        theme: ThemeController,
        services: Services,
        background: Background,
        memory: Memory,
        web: WebHost,
        workspace: Workspace,
        leaving: Leaving,
        internet: InternetDesk,
    ) -> None:
        super().__init__(workspace)
        self._theme = theme
        self._services = services
        self._background = background
        self._memory = memory
        self._web = web
        self._workspace = workspace
        self._leaving = leaving
        self._internet = internet
        workspace.close_requested.connect(self.ask_to_close)
        self._disconnect = services.hosting.rooms_changed.connect(self._follow)

    @property
    def pages(self) -> tuple[SessionPage, ...]:
        """The pages, in the order of their tabs."""
        return tuple(page for page in self._workspace.pages if isinstance(page, SessionPage))

    @property
    def current(self) -> SessionPage | None:
        """The page that is shown, None on Home."""
        page = self._workspace.current
        return page if isinstance(page, SessionPage) else None

    @property
    def hosted(self) -> tuple[HostedPage, ...]:
        """The pages of rooms that are hosted here."""
        return tuple(page for page in self.pages if isinstance(page, HostedPage))

    @property
    def open_titles(self) -> tuple[str, ...]:
        """Titles of the interviews that are on this computer and go on."""
        return tuple(
            page.title
            for page in self.hosted
            if page.room.is_open and page.room.ref.place is Place.HERE
        )

    @property
    def joined_titles(self) -> tuple[str, ...]:
        """Titles of the interviews that are open and go on without this computer."""
        elsewhere = (page for page in self.hosted if page.room.ref.place is not Place.HERE)
        joined = (page for page in self.pages if isinstance(page, JoinedPage))
        return tuple(
            page.title for page in (*(each for each in elsewhere if each.room.is_open), *joined)
        )

    def stop(self) -> None:
        """End every page. Safe to call twice."""
        self._disconnect()
        for page in self.pages:
            self._remove(page)

    def show_hosted(self, room: HostedRoom) -> None:
        """Show the page of a hosted room."""
        for page in self.hosted:
            if page.room is room:
                self._show(page)

    def show_joined(self, room: JoinedRoom) -> None:
        """Show somebody else's room, on a new page unless it has one."""
        where = room.url.partition("#")[0]
        for page in self.pages:
            if isinstance(page, JoinedPage) and page.room.url.partition("#")[0] == where:
                self._show(page)
                return
        made = JoinedPage(self._web, room, zoom=self._memory.current.zoom)
        self._add(made)
        self._show(made)

    def show_session(self, key: str) -> None:
        """Show the page of the hosted session with this key."""
        page = self._hosted_page(key)
        if page is not None:
            self._show(page)

    def show_waiting(self, first: str = "") -> None:
        """Show a page where somebody waits, if there is one; the one of session `first` if so."""
        waiting = [page for page in self.hosted if page.waiting]
        for page in sorted(waiting, key=lambda page: page.room.ref.key != first):
            self._show(page)
            return

    def copy_link(self, key: str = "") -> None:
        """Copy the candidate's link of a session, by default of the one that is shown."""
        page = self._hosted_page(key)
        if page is not None:
            self.said.emit(COPIED if page.copy_link() else NO_LINK)

    def ask_to_end(self, key: str = "") -> None:
        """End a session, by default the one that is shown, if that is meant."""
        page = self._hosted_page(key)
        if page is not None:
            self._show(page)
            page.panel.end_requested.emit()

    def ask_to_close(self, page: QWidget | None = None) -> None:
        """Close a page, by default the one that is shown; asks while its interview goes on."""
        wanted = page if isinstance(page, SessionPage) else self.current
        if wanted is None:
            return
        if isinstance(wanted, HostedPage) and wanted.room.is_open:
            hosting, ref = self._services.hosting, wanted.room.ref
            of = (ref.session_id, ref.place)
            self._leaving.ask_page(
                wanted.title,
                Answer("&End for everyone", lambda: self._run(hosting.end(*of)), "danger"),
                Answer("&Leave it open", lambda: self._run(hosting.close(*of)), "primary"),
            )
        elif isinstance(wanted, HostedPage):
            ref = wanted.room.ref
            self._run(self._services.hosting.close(ref.session_id, ref.place))
        else:
            self._remove(wanted)

    def reload(self) -> None:
        """Load the page that is shown again."""
        if self.current is not None:
            self.current.view.retry()

    def zoom_by(self, steps: int) -> None:
        """Zoom every room in (positive) or out; 0 returns to actual size."""
        if self.current is None:
            return
        self.current.view.zoom_by(steps)
        zoom = self.current.view.zoom
        for page in self.pages:
            page.view.set_zoom(zoom)
        self._memory.keep(zoom=zoom)
        self.said.emit(f"Size {zoom:.0%}")

    def toggle_panel(self) -> None:
        """Show or hide the share panel, in every hosted room."""
        self._memory.keep(panel_open=not self._memory.current.panel_open)
        for page in self.hosted:
            page.panel.setVisible(self._memory.current.panel_open)
        self.changed.emit()

    def _hosted_page(self, key: str) -> HostedPage | None:
        if not key:
            page = self.current
            return page if isinstance(page, HostedPage) else None
        return next((each for each in self.hosted if each.room.ref.key == key), None)

    def _follow(self, rooms: tuple[HostedRoom, ...]) -> None:
        """Make the pages agree with the rooms that are hosted now."""
        for page in self.hosted:
            if not any(page.room is room for room in rooms):
                self._remove(page)
        known = [page.room for page in self.hosted]
        for room in rooms:
            if not any(room is each for each in known):
                self._add(self._hosted_page_of(room))

    def _hosted_page_of(self, room: HostedRoom) -> HostedPage:
        page = HostedPage(
            self._theme, self._web, room, self._internet, zoom=self._memory.current.zoom
        )
        page.panel.setVisible(self._memory.current.panel_open)
        page.panel.close_requested.connect(self.toggle_panel)
        page.knocked.connect(partial(self.knocked.emit, page))
        page.refused.connect(self.said)
        page.panel.link.check_requested.connect(self.check_requested)
        RoomFlow(page.panel, self._theme, self._services, self._background, self._memory, room)
        return page

    def _add(self, page: SessionPage) -> None:
        self._workspace.add(page, page.title, page.icon)
        page.changed.connect(partial(self._page_changed, page))
        self.changed.emit()

    def _show(self, page: SessionPage) -> None:
        self._workspace.show_page(page)
        page.view.web.setFocus()

    def _page_changed(self, page: SessionPage) -> None:
        self._workspace.rename(page, page.title, page.waiting)
        self.changed.emit()

    def _remove(self, page: SessionPage) -> None:
        self._workspace.remove(page)
        page.dispose()
        self.changed.emit()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._background.run(
            self, work, "close a room", done=lambda _none: None, failed=self.said.emit
        )
