"""Loads Qt WebEngine when it is first needed, so that the window does not wait for it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.webview.engine import WebEngine
    from codeinterview_desktop.webview.view import RoomView

_log = logging.getLogger(__name__)


class WebHost(QObject):
    """Makes the windows' web views.

    Args:
        theme: what the views look like.
        storage: where pages keep what they remember; None for memory alone.

    Signals:
        saved(Path): a download was saved.
        not_saved(str): a sentence that says why one was not.
    """

    saved = Signal(object)
    not_saved = Signal(str)

    def __init__(self, theme: ThemeController, storage: Path | None) -> None:
        super().__init__()
        self._theme = theme
        self._storage = storage
        self._engine: WebEngine | None = None
        self._is_over = False

    def warm_up(self) -> None:
        """Load the engine now, before somebody waits for it."""
        if not self._is_over:
            self._loaded().warm_up()

    def make_view(self, *, zoom: float = 1.0) -> RoomView:
        """A new view. Give it back with `release`."""
        return self._loaded().make_view(zoom=zoom)

    def release(self, view: RoomView) -> None:
        """End a view."""
        if self._engine is not None:
            self._engine.release(view)

    def dispose(self) -> None:
        """End everything. Safe to call twice."""
        self._is_over = True
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _loaded(self) -> WebEngine:
        if self._engine is None:
            from codeinterview_desktop.webview.engine import WebEngine

            if self._storage is not None:
                _make_private(self._storage)
            self._engine = WebEngine(self._theme, self._storage)
            self._engine.downloads.finished.connect(self.saved)
            self._engine.downloads.failed.connect(self.not_saved)
        return self._engine


def _make_private(folder: Path) -> None:
    """Pages keep seats in interviews here: nobody else's business."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _log.warning("The web view keeps nothing: %s", error.strerror)
