"""One app per data directory: a second start brings the first one's window to the front.

When it was started by a link it hands that over too.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from PySide6.QtNetwork import QLocalServer, QLocalSocket

from codeinterview_desktop.core.events import Signal

if TYPE_CHECKING:
    from pathlib import Path

_CONNECT_LIMIT_MS = 500
_PRESENT = b"present\n"
_LINK = b"link "
_MESSAGE_LIMIT_BYTES = 16 * 1024


class SingleInstance:
    """Owns the local socket by which a second start is heard, from `acquire()` to `release()`.

    Signals:
        present: a second start wants the window in front.
        link: a second start was given this link.
    """

    def __init__(self, data_dir: Path) -> None:
        self.present: Signal[[]] = Signal()
        self.link: Signal[str] = Signal()
        self._name = _name(data_dir)
        self._server: QLocalServer | None = None

    def acquire(self, link: str | None = None) -> bool:
        """True when this is the only one; otherwise the other one was told to come to the front.

        Args:
            link: what the other one is to open.
        """
        message = _PRESENT if link is None else _LINK + link.encode() + b"\n"
        if self._tell_other(message):
            return False
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._name):
            # Nobody answered, so whoever left the socket behind is gone.
            QLocalServer.removeServer(self._name)
            if not server.listen(self._name):
                # Somebody was quicker, or there is no place for sockets: the lock of the data
                # directory still keeps two servers apart.
                return not self._tell_other(message)
        server.newConnection.connect(self._welcome)
        self._server = server
        return True

    def release(self) -> None:
        """Let another start be the first. Safe to call twice."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            server.deleteLater()

    def _tell_other(self, message: bytes) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_CONNECT_LIMIT_MS):
            return False
        socket.write(message)
        socket.waitForBytesWritten(_CONNECT_LIMIT_MS)
        socket.disconnectFromServer()
        return True

    def _welcome(self) -> None:
        server = self._server
        while server is not None and server.hasPendingConnections():
            socket = server.nextPendingConnection()
            socket.disconnected.connect(lambda each=socket: self._hear(each))
            socket.disconnected.connect(socket.deleteLater)

    def _hear(self, socket: QLocalSocket) -> None:
        message = bytes(socket.read(_MESSAGE_LIMIT_BYTES).data())
        if message == _PRESENT:
            self.present.emit()
        elif message.startswith(_LINK) and message.endswith(b"\n"):
            self.link.emit(message[len(_LINK) : -1].decode("utf-8", "replace"))


def _name(data_dir: Path) -> str:
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    identity = f"{user}:{data_dir.resolve()}".encode()
    return f"codeinterview-{hashlib.sha256(identity).hexdigest()[:24]}"
