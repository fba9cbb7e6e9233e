"""One app per data directory: a second start brings the first one's window to the front."""

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
_MESSAGE_LIMIT_BYTES = 64


class SingleInstance:
    """Owns the local socket by which a second start is heard, from `acquire()` to `release()`.

    Signals:
        present: a second start wants the window in front.
    """

    def __init__(self, data_dir: Path) -> None:
        self.present: Signal[[]] = Signal()
        self._name = _name(data_dir)
        self._server: QLocalServer | None = None

    def acquire(self) -> bool:
        """True when this is the only one; otherwise the other one was told to come to the front."""
        if self._tell_other():
            return False
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._name):
            # Nobody answered, so whoever left the socket behind is gone.
            QLocalServer.removeServer(self._name)
            if not server.listen(self._name):
                # Somebody was quicker, or there is no place for sockets: the lock of the data
                # directory still keeps two servers apart.
                return not self._tell_other()
        server.newConnection.connect(self._welcome)
        self._server = server
        return True

    def release(self) -> None:
        """Let another start be the first. Safe to call twice."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            server.deleteLater()

    def _tell_other(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_CONNECT_LIMIT_MS):
            return False
        socket.write(_PRESENT)
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
        if bytes(socket.read(_MESSAGE_LIMIT_BYTES).data()) == _PRESENT:
            self.present.emit()


def _name(data_dir: Path) -> str:
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    identity = f"{user}:{data_dir.resolve()}".encode()
    return f"codeinterview-{hashlib.sha256(identity).hexdigest()[:24]}"
