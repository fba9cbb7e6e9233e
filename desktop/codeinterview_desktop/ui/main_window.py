"""The main window: Home and the open interviews, menus, status bar, tray."""

from __future__ import annotations

import base64
import contextlib
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QRhiWidget, QVBoxLayout, QWidget

from codeinterview_desktop.core.app_links import invitation_in
from codeinterview_desktop.theme.controller import ThemeController
from codeinterview_desktop.ui.actions import Actions
from codeinterview_desktop.ui.background import Background
from codeinterview_desktop.ui.dialogs.about import AboutDialog
from codeinterview_desktop.ui.dialogs.connections import ConnectionsDialog
from codeinterview_desktop.ui.dialogs.settings import SettingsDialog
from codeinterview_desktop.ui.home.flow import HomeFlow
from codeinterview_desktop.ui.home.page import HomePage
from codeinterview_desktop.ui.internet.desk import InternetDesk
from codeinterview_desktop.ui.knock_list import KnockList
from codeinterview_desktop.ui.knocks import Knocks
from codeinterview_desktop.ui.leaving import Leaving
from codeinterview_desktop.ui.memory import Memory
from codeinterview_desktop.ui.notifier import Notifier
from codeinterview_desktop.ui.problems import Problems
from codeinterview_desktop.ui.rooms import Rooms
from codeinterview_desktop.ui.session.page import HostedPage
from codeinterview_desktop.ui.status_bar import StatusBar
from codeinterview_desktop.ui.team.account_dialog import AccountDialog
from codeinterview_desktop.ui.tray import Tray
from codeinterview_desktop.ui.web_host import WebHost
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.focus_ring import FocusRing
from codeinterview_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QShowEvent

    from codeinterview_desktop.core.reports import Notice, Problem
    from codeinterview_desktop.core.services import Services
    from codeinterview_desktop.core.settings import AppSettings
    from codeinterview_desktop.core.supervisor import ServerStatus
    from codeinterview_desktop.ui.home.host_card import HostCard
    from codeinterview_desktop.ui.home.join_card import JoinCard

TITLE: Final = "CodeInterview"
_SIZE: Final = QSize(1280, 800)
_LEAST: Final = QSize(760, 520)
# After the first paint, and before anybody can have filled in the form.
_WARM_UP_MS: Final = 400
_WITHOUT_GRAPHICS: Final = frozenset({"offscreen", "minimal"})


class MainWindow(QMainWindow):
    """Shows the core's services, from `show()` to `close_for_quit()`."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        app = cast("QApplication", QApplication.instance())
        settings = services.settings.current
        self.services = services
        self.theme = ThemeController(app, settings.theme.value)
        self.focus_ring = FocusRing(app, self.theme)
        self.memory = Memory(services.paths.window_file)
        self.background = Background(services.tasks)
        self.web = WebHost(self.theme, services.paths.web_storage)
        self.home = HomePage(self.theme)
        self.workspace = Workspace(self.theme, self.home)
        self.status_bar = StatusBar(self.theme)
        self.commands = Actions(self, self.theme)
        self.tray = Tray(self)
        self.notifier = Notifier(self.tray)
        self.problems = Problems(self.theme, self, services.supervisor)
        self.leaving = Leaving(self.theme, self)
        self.internet = InternetDesk(self.theme, self, services.internet, self.background)
        self.rooms = Rooms(
            self.theme,
            services,
            self.background,
            self.memory,
            self.web,
            self.workspace,
            self.leaving,
            self.internet,
        )
        self.knocking = KnockList(self.theme)
        self.knocks = Knocks(
            self, self.knocking, self.rooms, self.background, self.notifier, self.status_bar
        )
        self.flow = HomeFlow(self.home, self.theme, services, self.background, self.memory)
        self.share = button("", "quiet")
        self.settings_dialog: SettingsDialog | None = None
        self.account_dialog: AccountDialog | None = None
        self._is_started = False
        self._is_over = False
        self._disconnects = [
            services.supervisor.changed.connect(self._server_changed),
            services.settings.changed.connect(self._settings_changed),
        ]
        self._lay_out()
        self._connect_parts()
        self._connect_commands()
        self._restore_geometry(settings.window_geometry)
        self.status_bar.show_server(services.supervisor.status)
        self._follow()

    def present(self) -> None:
        """Come to the front, also from the tray."""
        self.setWindowState(
            (self.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive
        )
        self.show()
        self.raise_()
        self.activateWindow()

    def offer_link(self, link: str) -> None:
        """Come to the front with the form to join filled in by a `codeinterview:` link."""
        self.present()
        self.workspace.show_page(self.home)
        self.home.join.offer(invitation_in(link))

    def ask_to_quit(self) -> None:
        """End the app; asks while an interview goes on."""
        hosted, joined = self.rooms.open_titles, self.rooms.joined_titles
        if hosted or joined:
            self.present()
        self.leaving.ask_window(hosted, joined, tray=self.tray.is_available)

    def open_settings(self, problem_code: str = "") -> None:
        """Open the settings, at the place where a server's failure is mended."""
        if self.settings_dialog is None:
            dialog = SettingsDialog(self.theme, self, self.services.settings, self.background)
            dialog.finished.connect(self._settings_closed)
            self.settings_dialog = dialog
            dialog.open()
        self.settings_dialog.raise_()
        self.settings_dialog.focus_for(problem_code)

    def check_connections(self) -> None:
        """Find out by which ways others reach this app, and show it."""
        ConnectionsDialog(self.theme, self, self.services.doctor, self.background).open()

    def open_account(self) -> None:
        """Open the team server's account, to sign in or out."""
        if self.account_dialog is None:
            dialog = AccountDialog(self.theme, self, self.services, self.background)
            dialog.finished.connect(self._account_closed)
            dialog.signed_in.connect(self.flow.choose_team)
            self.account_dialog = dialog
            dialog.open()
        self.account_dialog.raise_()

    def close_for_quit(self) -> None:
        """Close without asking, and end everything that belongs to the window."""
        if self._is_over:
            return
        self._is_over = True
        self._keep_geometry()
        for disconnect in self._disconnects:
            disconnect()
        self.flow.stop()
        self.rooms.stop()
        self.internet.stop()
        self.web.dispose()
        self.tray.close()
        self.hide()
        self.deleteLater()
        self.focus_ring.deleteLater()
        self.theme.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to listen once there is a window to show things in."""
        super().showEvent(event)
        if not self._is_started:
            self._is_started = True
            QTimer.singleShot(0, self, self._begin)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while an interview goes on; `close_for_quit` closes without asking."""
        event.ignore()
        if not self._is_over:
            self._keep_geometry()
            self.ask_to_quit()

    def _begin(self) -> None:
        if self._is_over:
            return
        self.services.reports.listen(self._on_problem, self._on_notice)
        self.flow.refresh()
        self.home.host.focus_form()
        QTimer.singleShot(_WARM_UP_MS, self, self.web.warm_up)

    # Putting together.

    def _lay_out(self) -> None:
        self.setMinimumSize(_LEAST)
        self.share.setText("Share panel")
        self.share.setIcon(self.theme.icons.icon("panel-open"))
        self.share.setToolTip("Show the share panel (F9)")
        self.workspace.add_corner(self.share)
        self.workspace.add_notice(self.knocking)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.workspace, 1)
        column.addWidget(self.status_bar)
        self.setCentralWidget(central)
        if QGuiApplication.platformName() not in _WITHOUT_GRAPHICS:
            # Asks for the kind of surface that web views need. The window would be made anew,
            # losing the keyboard, when the first of them came into one made for painting alone.
            QRhiWidget(self).setVisible(False)

    def _connect_parts(self) -> None:
        self.workspace.current_changed.connect(self._page_shown)
        self.rooms.changed.connect(self._follow)
        self.rooms.said.connect(self.status_bar.say)
        self.internet.said.connect(self.status_bar.say)
        self.internet.asked.connect(self._show_if_away)
        self.rooms.check_requested.connect(self.check_connections)
        self.flow.hosted.connect(self.rooms.show_hosted)
        self.flow.joined.connect(self.rooms.show_joined)
        self.flow.settings_wanted.connect(self.open_settings)
        self.flow.account_wanted.connect(self.open_account)
        self.problems.settings_wanted.connect(self.open_settings)
        self.problems.shown.connect(self._show_if_away)
        self.leaving.quit_chosen.connect(self._quit)
        self.leaving.keep_chosen.connect(self._keep_hosting)
        self.web.saved.connect(self._saved)
        self.web.not_saved.connect(self.status_bar.say)
        self.tray.show_requested.connect(self._wanted)
        self.tray.copy_requested.connect(self.rooms.copy_link)
        self.tray.end_requested.connect(self._end_from_tray)
        self.tray.quit_requested.connect(self.ask_to_quit)
        self.share.clicked.connect(self.rooms.toggle_panel)

    def _connect_commands(self) -> None:
        commands, rooms = self.commands, self.rooms
        for action, act in (
            (commands.host, lambda: self._show_form(self.home.host)),
            (commands.join, lambda: self._show_form(self.home.join)),
            (commands.copy_link, rooms.copy_link),
            (commands.reload, rooms.reload),
            (commands.end, rooms.ask_to_end),
            (commands.close, rooms.ask_to_close),
            (commands.team, self.open_account),
            (commands.settings, self.open_settings),
            (commands.quit, self.ask_to_quit),
            (commands.home, lambda: self.workspace.show_page(self.home)),
            (commands.panel, rooms.toggle_panel),
            (commands.zoom_in, lambda: rooms.zoom_by(1)),
            (commands.zoom_out, lambda: rooms.zoom_by(-1)),
            (commands.zoom_reset, lambda: rooms.zoom_by(0)),
            (commands.check, self.check_connections),
            (commands.logs, self._open_logs),
            (commands.about, lambda: AboutDialog(self.theme, self).open()),
        ):
            # Without the action's own `checked`, which these take for something else.
            action.triggered.connect(lambda _checked=False, act=act: act())

    # What is shown.

    def _show_form(self, card: HostCard | JoinCard) -> None:
        self.workspace.show_page(self.home)
        card.focus_form()

    def _page_shown(self, page: QWidget) -> None:
        if page is self.home:
            self.flow.refresh()
        self._follow()

    def _follow(self) -> None:
        """Make title, commands and tray agree with the pages."""
        page = self.rooms.current
        hosted = page if isinstance(page, HostedPage) else None
        is_open = hosted is not None and hosted.room.is_open
        self.setWindowTitle(page.title if page is not None else TITLE)
        self.commands.follow(view=page is not None, hosted=hosted is not None, is_open=is_open)
        self.tray.show_rooms(self.services.hosting.rooms)
        # The panel has a button of its own to hide it.
        self.share.setVisible(hosted is not None and not self.memory.current.panel_open)
        self.home.recent.show_waiting(
            {each.room.ref.key: each.waiting for each in self.rooms.hosted}
        )
        self.knocks.follow()

    def _server_changed(self, _before: ServerStatus, now: ServerStatus) -> None:
        self.status_bar.show_server(now)

    def _settings_changed(self, before: AppSettings, after: AppSettings) -> None:
        if before.theme is not after.theme:
            self.theme.choose(after.theme.value)

    def _settings_closed(self, _result: int) -> None:
        self.settings_dialog = None

    def _account_closed(self, _result: int) -> None:
        self.account_dialog = None

    # What is told.

    def _on_problem(self, problem: Problem) -> None:
        self.problems.show_problem(problem)

    def _on_notice(self, notice: Notice) -> None:
        self.status_bar.say(notice.sentence)

    def _show_if_away(self) -> None:
        if not self.isVisible() or self.isMinimized():
            self.present()

    def _saved(self, path: Path) -> None:
        self.status_bar.say(f"Saved as {path}")

    # Leaving and coming back.

    def _quit(self) -> None:
        self.hide()
        self.services.quit_requested.emit()

    def _keep_hosting(self) -> None:
        if self.tray.is_available:
            self.hide()
            self.notifier.notify(
                "CodeInterview keeps hosting", "Its icon in the tray brings the window back."
            )
        else:
            self.showMinimized()

    def _wanted(self) -> None:
        self.present()
        self.rooms.show_waiting(self.knocks.newest)

    def _end_from_tray(self, session_id: str) -> None:
        self.present()
        self.rooms.ask_to_end(session_id)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.services.paths.logs)))

    def _restore_geometry(self, saved: str | None) -> None:
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        if saved is not None:
            self.restoreGeometry(QByteArray.fromBase64(saved.encode()))

    def _keep_geometry(self) -> None:
        saved = base64.b64encode(self.saveGeometry().data()).decode()
        with contextlib.suppress(OSError, ValueError):
            self.services.settings.update(window_geometry=saved)
