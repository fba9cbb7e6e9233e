"""The web view of one session: loads the room, survives a crash, explains what fails."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.webview.context_menu import make_menu
from codeinterview_desktop.webview.credential_script import SCRIPT_NAME, credential_script
from codeinterview_desktop.webview.origins import origin_of
from codeinterview_desktop.webview.page import RoomPage
from codeinterview_desktop.webview.trouble_page import Trouble, TroublePage

if TYPE_CHECKING:
    from codeinterview_desktop.core.hosting import WebCredential
    from codeinterview_desktop.theme.controller import ThemeController

AUTOMATIC_RELOADS: Final = 3
RELOAD_WINDOW_MS: Final = 60_000
ZOOM_STEPS: Final = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
CRASHED: Final = "The room’s page stopped and was loaded again. What was typed is still there."


class ViewState(Enum):
    """What the view shows."""

    EMPTY = "empty"
    LOADING = "loading"
    SHOWN = "shown"
    TROUBLE = "trouble"


class RoomView(QWidget):
    """Shows one room's page.

    Call `dispose()` before the profile goes.

    Signals:
        state_changed(ViewState): what is shown changed.
        zoom_changed(float): the user zoomed.
    """

    state_changed = Signal(object)
    zoom_changed = Signal(float)

    def __init__(
        self,
        profile: QWebEngineProfile,
        theme: ThemeController,
        *,
        zoom: float = 1.0,
        devtools: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._url = QUrl()
        self._credential: WebCredential | None = None
        self._zoom = zoom
        self._devtools = devtools
        self._state = ViewState.EMPTY
        self._refused_host = ""
        self._crashes: list[int] = []
        self._clock = QElapsedTimer()
        self._clock.start()
        self.web = _WebView(self)
        self.page = RoomPage(profile, self.web)
        self.web.setPage(self.page)
        self.web.setAccessibleName("The room")
        self.banner = Banner(theme)
        self.trouble = TroublePage(theme)
        self.trouble.retry_requested.connect(self.retry)

        stage = QWidget()
        self._stack = QStackedLayout(stage)
        self._stack.addWidget(self.web)
        self._stack.addWidget(self.trouble)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(stage, 1)

        self.page.loadingChanged.connect(self._loading_changed)
        self.page.renderProcessTerminated.connect(self._renderer_ended)
        self.page.certificate_refused.connect(self._certificate_refused)
        theme.changed.connect(self._theme_changed)
        self._paint_background()

    @property
    def state(self) -> ViewState:
        """What is shown."""
        return self._state

    @property
    def zoom(self) -> float:
        """The zoom factor, 1.0 for actual size."""
        return self._zoom

    def open(self, url: str, credential: WebCredential | None) -> None:
        """Shows `url`, and never anything of another origin than its own.

        Args:
            url: the room's page.
            credential: what pages of the app's own server get; None for somebody else's server.
        """
        target = QUrl(url)
        same = target == self._url and credential == self._credential
        if same and self._state in (ViewState.LOADING, ViewState.SHOWN):
            return
        self._url = target
        self._credential = credential
        self.page.confine(origin_of(target))
        self._arm()
        self._load()

    def retry(self) -> None:
        """Loads the room again, after trouble or because the user wants to."""
        self._crashes.clear()
        self.banner.hide()
        self._load()

    def zoom_by(self, steps: int) -> None:
        """Zooms in (positive) or out; 0 returns to actual size."""
        if steps == 0:
            factor = 1.0
        else:
            nearest = min(range(len(ZOOM_STEPS)), key=lambda i: abs(ZOOM_STEPS[i] - self._zoom))
            factor = ZOOM_STEPS[max(0, min(len(ZOOM_STEPS) - 1, nearest + steps))]
        self.set_zoom(factor)
        self.zoom_changed.emit(factor)

    def set_zoom(self, factor: float) -> None:
        """Shows the page at this size without announcing it."""
        self._zoom = factor
        self.page.setZoomFactor(factor)

    def show_menu(self, event: QContextMenuEvent) -> None:
        """Shows the page's own, short menu."""
        menu = make_menu(self.web, self._theme, devtools=self._devtools)
        if menu is not None:
            menu.popup(event.globalPos())

    def dispose(self) -> None:
        """Ends the page; the profile may go afterwards. Safe to call twice."""
        self._theme.changed.disconnect(self._theme_changed)
        self.page.loadingChanged.disconnect(self._loading_changed)
        self.page.renderProcessTerminated.disconnect(self._renderer_ended)
        self._credential = None
        self.page.deleteLater()
        self.deleteLater()

    def _arm(self) -> None:
        scripts = self.page.scripts()
        # Not `clear()`: Qt then forgets the page but not to look it up, and the next frame that
        # appears in it ends the process.
        for old in scripts.find(SCRIPT_NAME):
            scripts.remove(old)
        if self._credential is not None:
            scripts.insert(credential_script(self._credential, self._theme.theme.mode))

    def _load(self) -> None:
        self._refused_host = ""
        self._enter(ViewState.LOADING)
        self._stack.setCurrentWidget(self.web)
        self.page.setUrl(self._url)

    def _loading_changed(self, info: QWebEngineLoadingInfo) -> None:
        match info.status():
            case QWebEngineLoadingInfo.LoadStatus.LoadSucceededStatus:
                self.page.setZoomFactor(self._zoom)
                self._enter(ViewState.SHOWN)
            case QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus:
                if info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
                    # The server answered with a page that explains itself.
                    self._enter(ViewState.SHOWN)
                else:
                    self._show_trouble(
                        Trouble.certificate(self._refused_host)
                        if self._refused_host
                        else Trouble.unreachable(self._url.authority())
                    )
            case _:
                pass

    def _renderer_ended(
        self, status: QWebEnginePage.RenderProcessTerminationStatus, _exit_code: int
    ) -> None:
        if status is QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            return
        now_ms = self._clock.elapsed()
        self._crashes = [at for at in self._crashes if now_ms - at < RELOAD_WINDOW_MS]
        if len(self._crashes) >= AUTOMATIC_RELOADS:
            self._show_trouble(Trouble.crashed())
            return
        self._crashes.append(now_ms)
        self.banner.say(CRASHED, "warning")
        # The page must not be loaded from within the news of its own end.
        QTimer.singleShot(0, self, self._load)

    def _certificate_refused(self, host: str) -> None:
        self._refused_host = host

    def _show_trouble(self, trouble: Trouble) -> None:
        self.banner.hide()
        self.trouble.explain(trouble)
        self._stack.setCurrentWidget(self.trouble)
        self._enter(ViewState.TROUBLE)

    def _enter(self, state: ViewState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _theme_changed(self) -> None:
        self._paint_background()
        self._arm()
        # The page that is open follows the system's signal. Where the system has none, only the
        # user's own choice leads here, and loading again is how the page hears of it.
        follows = QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Unknown
        if self._state is ViewState.SHOWN and not follows:
            self._load()

    def _paint_background(self) -> None:
        # No white flash before the page paints.
        self.page.setBackgroundColor(QColor(self._theme.theme.colors.canvas))


class _WebView(QWebEngineView):
    """Hands its context menu to the `RoomView`."""

    def __init__(self, owner: RoomView) -> None:
        super().__init__()
        self._owner = owner

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._owner.show_menu(event)
