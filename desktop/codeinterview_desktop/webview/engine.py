"""Owns what all web views share: the profile, its downloads, and the views themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage

from codeinterview_desktop.webview.downloads import AskPath, Downloads
from codeinterview_desktop.webview.profile import make_profile
from codeinterview_desktop.webview.view import RoomView

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.theme.controller import ThemeController


class WebEngine(QObject):
    """Makes web views; `dispose()` ends them in the order that Qt asks for.

    Args:
        theme: what the views look like.
        storage: where pages keep what they remember; None for memory alone.
        devtools: whether the context menu offers to inspect the page.
        ask_path: asks where to save a download.
    """

    def __init__(
        self,
        theme: ThemeController,
        storage: Path | None,
        *,
        devtools: bool = False,
        ask_path: AskPath | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._devtools = devtools
        self._views: list[RoomView] = []
        self._profile = make_profile(storage, self)
        self._spare: QWebEnginePage | None = None
        self.downloads = Downloads(self._profile, ask_path)

    def warm_up(self) -> None:
        """Starts Chromium's processes before somebody waits for them."""
        if self._spare is None and not self._views:
            self._spare = QWebEnginePage(self._profile, self)
            self._spare.setUrl(QUrl("about:blank"))

    def make_view(self, *, zoom: float = 1.0, parent: QWidget | None = None) -> RoomView:
        """A new view. Give it back with `release`."""
        view = RoomView(
            self._profile, self._theme, zoom=zoom, devtools=self._devtools, parent=parent
        )
        self._views.append(view)
        if self._spare is not None:
            self._spare.deleteLater()
            self._spare = None
        return view

    def release(self, view: RoomView) -> None:
        """Ends a view; unknown ones are ignored."""
        if view in self._views:
            self._views.remove(view)
            view.dispose()

    def dispose(self) -> None:
        """Ends every view, then the profile. Safe to call twice."""
        for view in tuple(self._views):
            self.release(view)
        if self._spare is not None:
            self._spare.deleteLater()
            self._spare = None
        self.deleteLater()
