"""One page of the web view: stays on its own server, asks for little, trusts no certificate."""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
)

from codeinterview_desktop.core.redaction import without_secrets
from codeinterview_desktop.webview.origins import Destination, destination, origin_of, outside

_log = logging.getLogger(__name__)

_GRANTED: Final = frozenset({QWebEnginePermission.PermissionType.ClipboardReadWrite})


class RoomPage(QWebEnginePage):
    """Confines a page to one origin.

    Signals:
        certificate_refused(str): the server's certificate is not valid; the host's name.
    """

    certificate_refused = Signal(str)

    def __init__(self, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._origin = ""
        self.newWindowRequested.connect(self._open_outside)
        self.permissionRequested.connect(self._answer_permission)
        self.certificateError.connect(self._refuse_certificate)

    @property
    def origin(self) -> str:
        """The origin that the page may not leave."""
        return self._origin

    def confine(self, origin: str) -> None:
        """Names the only origin whose pages are shown."""
        self._origin = origin

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, main_frame: bool
    ) -> bool:
        """Lets the page move on its own server; outside links open in the system's browser."""
        target = QUrl(url)
        match destination(target, self._origin, main_frame=main_frame):
            case Destination.STAY:
                return True
            case Destination.BROWSER:
                # Redirects and forms do not leave the app. Qt takes a script's `location = …` for
                # a click; programs of the room run in frames, which never get here.
                if kind is QWebEnginePage.NavigationType.NavigationTypeLinkClicked:
                    QDesktopServices.openUrl(target)
                else:
                    _log.warning("Refused to leave for %s", origin_of(target))
                return False
            case Destination.REFUSE:
                _log.warning("Refused to open an address with scheme %s", target.scheme())
                return False

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        _source: str,
    ) -> None:
        """Keeps errors of the page in the app's log, without what could be a secret."""
        message = without_secrets(message)
        if level is QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            _log.warning("Page: %s (line %d)", message, line)
        else:
            _log.debug("Page: %s (line %d)", message, line)

    def _open_outside(self, request: QWebEngineNewWindowRequest) -> None:
        url = request.requestedUrl()
        if request.isUserInitiated() and outside(url) is Destination.BROWSER:
            QDesktopServices.openUrl(url)

    def _answer_permission(self, permission: QWebEnginePermission) -> None:
        own = origin_of(permission.origin()) == self._origin
        if own and permission.permissionType() in _GRANTED:
            permission.grant()
        else:
            permission.deny()

    def _refuse_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        self.certificate_refused.emit(error.url().host())
