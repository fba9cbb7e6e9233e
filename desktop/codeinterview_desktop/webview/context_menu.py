"""The web view's context menu: what one does with text and links, nothing of a browser."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWebEngineCore import QWebEngineContextMenuRequest, QWebEnginePage
from PySide6.QtWidgets import QMenu

from codeinterview_desktop.webview.origins import Destination, outside

if TYPE_CHECKING:
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from codeinterview_desktop.theme.controller import ThemeController


def make_menu(
    view: QWebEngineView, theme: ThemeController, *, devtools: bool = False
) -> QMenu | None:
    """Makes the menu for what is under the mouse, or None when nothing can be done there."""
    request = view.lastContextMenuRequest()
    menu = QMenu(view)
    if request is not None:
        _add_link(menu, request, theme)
        _add_text(menu, view, request)
    if devtools:
        menu.addAction("Inspect", lambda: view.triggerPageAction(_Action.InspectElement))
    if menu.isEmpty():
        menu.deleteLater()
        return None
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


_Action = QWebEnginePage.WebAction


def _add_link(menu: QMenu, request: QWebEngineContextMenuRequest, theme: ThemeController) -> None:
    url = request.linkUrl()
    if not url.isValid() or outside(url) is not Destination.BROWSER:
        return
    menu.addAction(
        theme.icons.icon("external"), "Open link in browser", lambda: QDesktopServices.openUrl(url)
    )
    menu.addAction(theme.icons.icon("copy"), "Copy link", lambda: _copy(url))


def _add_text(menu: QMenu, view: QWebEngineView, request: QWebEngineContextMenuRequest) -> None:
    flags = request.editFlags()
    can = QWebEngineContextMenuRequest.EditFlag
    wanted = [
        ("Undo", _Action.Undo, bool(flags & can.CanUndo)),
        ("Redo", _Action.Redo, bool(flags & can.CanRedo)),
        ("Cut", _Action.Cut, bool(flags & can.CanCut)),
        ("Copy", _Action.Copy, bool(flags & can.CanCopy)),
        ("Paste", _Action.Paste, bool(flags & can.CanPaste)),
        ("Select all", _Action.SelectAll, bool(flags & can.CanSelectAll)),
    ]
    if not request.isContentEditable():
        wanted = [entry for entry in wanted if entry[0] == "Copy" and entry[2]]
    if wanted and not menu.isEmpty():
        menu.addSeparator()
    for word, what, enabled in wanted:
        action = menu.addAction(word, partial(view.triggerPageAction, what))
        action.setEnabled(enabled)


def _copy(url: QUrl) -> None:
    QGuiApplication.clipboard().setText(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
